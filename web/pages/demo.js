// The demo page in Chinese (?lang=zh), and its buttons that open the chat.
(() => {
  const zh = {
    page: '北极光电脑 – 售后服务', skip: '跳到正文', computers: '电脑', products: '产品', support: '售后服务', nav: '主导航', language: '语言',
    hero: '设备出了问题？我们在这里。',
    hero_more: '请告诉我们发生了什么。我们会一步一步陪您排查；如果还不能解决，技术人员会接手处理，工单编号马上告诉您。',
    start: '开始在线咨询', other_ways: '其他联系方式', popular: '热销产品',
    p1: '14 英寸轻薄笔记本，16 GB 内存，续航最长 15 小时', p2: '安静的台式电脑，办公娱乐两相宜', p3: '27 英寸显示器，一根 USB-C 线即可连接', p4: '支持无线网络的激光打印机',
    help: '设备帮助', w1: '在线客服', w1_more: '全天候即时答复。随时离开，随时回来，对话会一直为您保留。',
    w2: '简易页面', w2_more: '适合老款手机、慢速网络和不支持 JavaScript 的浏览器。', w2_open: '打开简易对话页面',
    w3: '电子邮件', w3_more: '写下发生了什么，必要时附上照片。回信中会有您的工单编号。',
    before: '请提前准备', before_more: '型号和序列号（在设备底部的标签或发票上），以及屏幕上的错误提示（如果有）。',
    safety: '冒烟、进水或电池鼓包？', safety_more: '请关闭设备、拔下电源，不要再充电，然后联系我们。',
    footer: '北极光电脑是一家虚构的商店，本页面用于演示 Usher 售后对话。',
  };
  const is_zh = (new URLSearchParams(location.search).get('lang') ?? '').toLowerCase().startsWith('zh');
  if (is_zh) {
    document.documentElement.lang = 'zh-CN';
    document.title = zh.page;
  }
  document.addEventListener('DOMContentLoaded', () => {
    const chat = document.querySelector('usher-chat');
    chat.setAttribute('lang', is_zh ? 'zh' : 'en');
    for (const button of document.querySelectorAll('[data-chat]')) button.addEventListener('click', () => chat.show());
    document.querySelector(`[data-lang="${is_zh ? 'zh' : 'en'}"]`).setAttribute('aria-current', 'true');
    if (!is_zh) return;
    for (const part of document.querySelectorAll('[data-text]')) part.textContent = zh[part.dataset.text];
    for (const part of document.querySelectorAll('[data-label]')) part.setAttribute('aria-label', zh[part.dataset.label]);
    document.querySelector('.brand').href = '/demo?lang=zh';
    for (const link of document.querySelectorAll('a[href="/chat/plain"]')) link.href = '/chat/plain?lang=zh';
    document.querySelector('.brand span').firstChild.textContent = '北极光';
  });
})();
