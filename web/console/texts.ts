// The console's words; those of the knowledge base and of mail are in texts_kb.ts.
import { kb_en, kb_zh } from './texts_kb';

export type Lang = 'en' | 'zh';

const en = {
  ...kb_en,
  console: 'Support console', sign_in: 'Sign in', sign_out: 'Sign out', name: 'Name', password: 'Password', signing_in: 'Signing in …',
  wrong: 'Name or password is wrong.', too_many: 'Too many tries. Please wait {0} s.', language: 'Language', skip: 'Skip to the content',
  tickets: 'Tickets', conversations: 'Conversations', dead: 'Dead letters', nav: 'Sections', overview: 'Overview',
  open: 'Open conversations', tickets_today: 'Tickets today', oldest: 'Oldest waiting', ticket_system: 'Ticket system', ok: 'OK', down: 'Not reachable', channels: 'Channels',
  no_message: 'no message yet', errors: 'errors: {0}',
  loading: 'Loading …', no_answer: 'The gateway does not answer.', failed: 'That did not work ({0}).', again: 'Try again', refresh: 'Refresh', more: 'Show more', stale: 'Not current: the last refresh failed.',
  no_tickets: 'No tickets yet.', no_tickets_more: 'A ticket appears here as soon as a conversation is passed on.',
  no_conversations: 'No conversations yet.', no_conversations_more: 'They appear here as soon as a customer writes.',
  no_dead: 'No dead letters.', no_dead_more: 'Everything that had to go out was delivered or is still being tried.',
  ticket: 'Ticket', subject: 'Subject', priority: 'Priority', fault: 'Fault class', customer: 'Customer', channel: 'Channel', state: 'State', created: 'Created', provisional: 'provisional',
  open_ticket: 'Open in the ticket system', show_conversation: 'Conversation', unknown_customer: 'Unknown customer',
  pick: 'Choose a conversation to read it.', back: 'All conversations', transcript: 'Transcript', collected: 'Collected', tried: 'Tried', why: 'Why', nothing: 'Nothing yet.', gone: 'This conversation does not exist.',
  from_customer: 'Customer', from_bot: 'Bot', from_staff: 'Staff', dialog: 'Script', offered: 'Answers offered', files: 'Files',
  kind: 'What', target: 'To', attempts: 'Tries', reason: 'Reason', last_response: 'Last answer', action: 'Action', no_response: 'none',
  redrive: 'Re-drive', redrive_all: 'Re-drive all', redrive_one_ask: 'Try this one again?', redrive_all_ask: 'Try all dead letters again?',
  redrive_more: 'It goes back into the queue with its old key, so nothing is done twice. Do this after the reason is gone.',
  cancel: 'Cancel', redriven: 'Back in the queue: {0}', not_dead: 'It was not dead any more.',
  b_title: 'Mailboxes', b_none: 'No mailbox is configured: mail comes over SMTP only, if at all.', b_ok: 'working', b_warn: 'working, but look at it', b_bad: 'not working', b_starting: 'connecting …',
  b_seen: 'Looked through {0}', b_never: 'Never looked through yet', b_mail: 'Last mail {0}', b_no_mail: 'No mail yet', b_behind: 'Behind by {0}', b_not_behind: 'Nothing waits', b_counts: 'On the server {0} · waiting {1} · taken {2} · tried again {3} · skipped {4}', b_disagree: 'The counts do not agree yet.', b_error: 'Error:', b_warning: 'Warning:',
  o_not_sent: 'Not sent to the customer:', o_for_staff: 'a note for staff', o_no_answer: 'no automatic answer may go to this mail', o_hourly: 'the limit of automatic mail per hour is reached', o_daily: 'the limit of automatic mail per day to this address is reached', o_loop: 'this looks like two machines that answer each other', o_address: 'mail to this address does not arrive',
  o_fails: 'Mail to this customer does not arrive', o_fails_more: 'Mail to {0} came back for good. Nothing more is sent there until a mail comes from it.', o_server: 'The other server says:', o_delivery: 'Delivery',
  status_open: 'open', status_resolved: 'resolved', status_escalated: 'escalated',
};

const zh: typeof en = {
  ...kb_zh,
  console: '客服控制台', sign_in: '登录', sign_out: '退出', name: '用户名', password: '密码', signing_in: '正在登录……',
  wrong: '用户名或密码错误。', too_many: '尝试次数过多，请等待 {0} 秒。', language: '语言', skip: '跳到正文',
  tickets: '工单', conversations: '对话', dead: '死信', nav: '栏目', overview: '概况',
  open: '进行中的对话', tickets_today: '今日工单', oldest: '最久等待', ticket_system: '工单系统', ok: '正常', down: '无法连接', channels: '渠道',
  no_message: '尚无消息', errors: '错误：{0}',
  loading: '加载中……', no_answer: '网关没有响应。', failed: '操作失败（{0}）。', again: '重试', refresh: '刷新', more: '显示更多', stale: '数据不是最新：上次刷新失败。',
  no_tickets: '暂无工单。', no_tickets_more: '对话转交后，工单会立即显示在这里。',
  no_conversations: '暂无对话。', no_conversations_more: '客户来信后会显示在这里。',
  no_dead: '没有死信。', no_dead_more: '所有外发内容均已送达或仍在重试。',
  ticket: '工单', subject: '主题', priority: '优先级', fault: '故障类别', customer: '客户', channel: '渠道', state: '状态', created: '创建时间', provisional: '临时',
  open_ticket: '在工单系统中打开', show_conversation: '对话', unknown_customer: '未知客户',
  pick: '请选择一个对话查看。', back: '全部对话', transcript: '对话记录', collected: '已收集信息', tried: '已尝试步骤', why: '原因', nothing: '暂无。', gone: '该对话不存在。',
  from_customer: '客户', from_bot: '机器人', from_staff: '客服', dialog: '脚本', offered: '提供的选项', files: '文件',
  kind: '内容', target: '目标', attempts: '次数', reason: '原因', last_response: '最后响应', action: '操作', no_response: '无',
  redrive: '重新投递', redrive_all: '全部重新投递', redrive_one_ask: '重新投递这一条？', redrive_all_ask: '重新投递全部死信？',
  redrive_more: '将以原有标识重新排队，不会重复处理。请在原因消除后再操作。',
  cancel: '取消', redriven: '已重新排队：{0}', not_dead: '该条已不是死信。',
  b_title: '收信邮箱', b_none: '尚未配置收信邮箱：邮件只会经 SMTP 送达（如已启用）。', b_ok: '正常', b_warn: '可用，但请检查', b_bad: '无法使用', b_starting: '正在连接……',
  b_seen: '上次查看：{0}', b_never: '尚未查看过', b_mail: '最近邮件：{0}', b_no_mail: '尚无邮件', b_behind: '落后 {0}', b_not_behind: '没有待取邮件', b_counts: '服务器上 {0} · 待取 {1} · 已取 {2} · 重试中 {3} · 已跳过 {4}', b_disagree: '数目尚不一致。', b_error: '错误：', b_warning: '警告：',
  o_not_sent: '未发给客户：', o_for_staff: '仅供客服查看', o_no_answer: '不得自动答复这封邮件', o_hourly: '已达到每小时自动邮件上限', o_daily: '已达到该地址每日自动邮件上限', o_loop: '疑似两台机器互相答复', o_address: '发往该地址的邮件无法送达',
  o_fails: '发给该客户的邮件无法送达', o_fails_more: '发往 {0} 的邮件已被永久退回。在收到该地址来信之前，不会再向其发送邮件。', o_server: '对方服务器提示：', o_delivery: '投递',
  status_open: '进行中', status_resolved: '已解决', status_escalated: '已转交',
};

export type Texts = typeof en;
export const texts = (lang: Lang): Texts => (lang === 'zh' ? zh : en);
// Puts the values where {0}, {1} … stand.
export const fill = (text: string, ...values: (string | number)[]): string => text.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)] ?? ''));
