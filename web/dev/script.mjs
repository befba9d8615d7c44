// What the pretend bot says. Each step: the lines it answers with, after the customer said anything; `refuse` stays on the step.
const yes_no = { en: [{ id: 'yes', label: 'Yes' }, { id: 'no', label: 'No' }], zh: [{ id: 'yes', label: '是' }, { id: 'no', label: '否' }] };

export const steps = {
  en: {
    greeting: { text: 'Hello, this is the support assistant of Nordlicht Computers. What is wrong with your device?' },
    after: 'Thank you. I added this to your ticket.',
    list: [
      { say: [{ text: 'Sorry to hear that. Let us check a few things together.' }, { text: 'Does the charging light come on when you plug in the power adapter?', choices: [...yes_no.en, { id: 'unsure', label: 'I am not sure' }] }] },
      { say: [{ text: 'Please hold the power button for 30 seconds with the adapter unplugged, then plug it in and press the button once. Does it start now?', choices: yes_no.en }] },
      { say: [{ text: 'Laptop does not turn on', html: '<h2>Laptop does not turn on</h2><p>Three things solve most of these:</p><ol><li>Use <strong>another wall socket</strong>, without an extension lead.</li><li>Try a known-good adapter with the <em>same</em> rating (for example 65 W, 20 V).</li><li>Remove every cable and card, then try again.</li></ol><p>More in <a href="https://support.nordlicht.example/power">the power guide</a>.</p>' },
               { text: 'Did this help?', choices: [{ id: 'solved', label: 'Yes, it works' }, { id: 'unsolved', label: 'No, it did not help' }] }] },
      { say: [{ text: 'Then a technician will look at it. What is your name?', slot: 'name' }] },
      { say: [{ text: 'At which email address or phone number can we reach you?', slot: 'contact' }] },
      { say: [{ text: 'What is the serial number? It is on the sticker underneath and begins with NL.', slot: 'serial' }] },
      { refuse: /^(?!NL\d{8}$)/i, refused: 'That does not look like one of our serial numbers: it should be NL and 8 digits, like NL20260117. Please look again.', slot_asked: 'serial', ref: '4711',
        say: [{ text: 'Done. Your ticket number is 4711. A technician answers within 2 working hours.\nYou can follow it here: https://support.nordlicht.example/t/4711' }] },
    ],
  },
  zh: {
    greeting: { text: '您好，我是北极光电脑的售后小助手。请问您的设备出了什么问题？' },
    after: '谢谢，已补充到您的工单。',
    list: [
      { say: [{ text: '很抱歉给您带来不便，我们一起来检查几项。' }, { text: '接上电源适配器后，充电指示灯亮吗？', choices: [...yes_no.zh, { id: 'unsure', label: '不确定' }] }] },
      { say: [{ text: '请拔下适配器，按住电源键 30 秒，再接上电源按一次电源键。现在能开机吗？', choices: yes_no.zh }] },
      { say: [{ text: '笔记本无法开机', html: '<h2>笔记本无法开机</h2><p>多数情况可以这样解决：</p><ol><li>换一个<strong>墙上的插座</strong>，不要用接线板。</li><li>换用<em>同规格</em>的正常适配器（例如 65 W、20 V）。</li><li>拔下所有线缆和存储卡后再试。</li></ol>' }, { text: '这样解决了吗？', choices: [{ id: 'solved', label: '已解决' }, { id: 'unsolved', label: '没有解决' }] }] },
      { say: [{ text: '好的，将由技术人员为您处理。请问您怎么称呼？', slot: 'name' }] },
      { say: [{ text: '请留下您的邮箱或电话号码。', slot: 'contact' }] },
      { say: [{ text: '请提供序列号，在机身底部的标签上，以 NL 开头。', slot: 'serial' }] },
      { refuse: /^(?!NL\d{8}$)/i, refused: '这个序列号不符合格式：应为 NL 加 8 位数字，例如 NL20260117。请再核对一下。', slot_asked: 'serial', ref: 'P-7K3M-9QXA', provisional: true,
        say: [{ text: '已受理，您的受理编号是 P-7K3M-9QXA。工单系统暂时繁忙，正式工单编号稍后告诉您。' }] },
    ],
  },
};
