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
  status_open: '进行中', status_resolved: '已解决', status_escalated: '已转交',
};

export type Texts = typeof en;
export const texts = (lang: Lang): Texts => (lang === 'zh' ? zh : en);
// Puts the values where {0}, {1} … stand.
export const fill = (text: string, ...values: (string | number)[]): string => text.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)] ?? ''));
