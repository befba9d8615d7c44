// The lines between the two "---" of an article's source: reading a field, and changing one without touching anything else. The
// form's inputs and the source are two views of one text; what the gateway's parser makes of it is shown by the preview.
export type Field = 'id' | 'language' | 'title' | 'products' | 'codes' | 'tags' | 'synonyms' | 'audience' | 'state' | 'review_by' | 'cases';
const kOrder: Field[] = ['id', 'language', 'title', 'products', 'codes', 'tags', 'synonyms', 'audience', 'state', 'review_by', 'cases'];

// Where the value of `key` stands: lines [from, to), value joined in one line. from -1: nowhere. end: the closing line, -1 without one.
function find(lines: string[], key: string): { from: number; to: number; value: string; end: number } {
  const end = lines[0]?.trim() === '---' ? lines.findIndex((line, index) => index > 0 && line.trim() === '---') : -1;
  const from = lines.findIndex((line, index) => index > 0 && index < end && line.startsWith(`${key}:`));
  if (from < 0) return { from, to: from, value: '', end };
  let to = from + 1;
  while (to < end && /^(\s|- )/.test(lines[to])) to++;
  const rest = lines.slice(from + 1, to).map((line) => line.trim());
  const first = lines[from].slice(key.length + 1).trim();
  // A list of "- x" lines reads like [x, …].
  const value = !first && rest.some((line) => line.startsWith('- ')) ? `[${rest.map((line) => line.replace(/^- /, '')).join(', ')}]` : [first, ...rest].join(' ');
  return { from, to, value, end };
}

function scalar(text: string): string {
  const value = text.trim();
  if (value.startsWith('"')) return /^"((?:[^"\\]|\\.)*)"/.exec(value)?.[1].replace(/\\x([0-9A-Fa-f]{2})|\\(.)/g, (_, hex, one) => (hex ? String.fromCharCode(parseInt(hex, 16)) : one)) ?? value.slice(1);
  if (value.startsWith("'")) return /^'((?:[^']|'')*)'/.exec(value)?.[1].replace(/''/g, "'") ?? value.slice(1);
  return value.replace(/\s#.*$/, '').trim();
}

export function text_of(source: string, key: Field): string {
  return scalar(find(source.split('\n'), key).value);
}

export function list_of(source: string, key: Field): string[] {
  const { value } = find(source.split('\n'), key);
  if (!value.startsWith('[')) return scalar(value) ? [scalar(value)] : [];
  const parts = value.slice(1).replace(/\]\s*(#.*)?$/, '').match(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,]+/g) ?? [];
  return parts.map(scalar).filter(Boolean);
}

// As the gateway writes it: bare when every YAML reader takes it as it is, else in double quotes.
function written(value: string): string {
  const is_plain = /^[A-Za-z0-9\u00c0-\uffff][A-Za-z0-9\u00c0-\uffff _.()/+\-';]*$/.test(value) && !/ $|[\u2000-\u206f\ufeff]/.test(value) && !/^null$/i.test(value);
  return is_plain ? value : `"${value.replace(/["\\]/g, '\\$&').replace(/[\0-\x1f\x7f]/g, ' ')}"`;
}

export function with_field(source: string, key: Field, value: string | string[]): string {
  const lines = source.split('\n');
  const { from, to, end } = find(lines, key);
  if (end < 0) return source;
  const is_empty = value.length === 0;
  const line = `${key}: ${typeof value === 'string' ? written(value) : `[${value.map(written).join(', ')}]`}`;
  if (from >= 0) lines.splice(from, to - from, ...(is_empty ? [] : [line]));
  else if (!is_empty) {
    const before = kOrder.slice(0, kOrder.indexOf(key));
    const is_before = lines.map((one, index) => index > 0 && index < end && before.some((name) => one.startsWith(`${name}:`)));
    let at = is_before.lastIndexOf(true) + 1 || 1;
    while (at < end && /^(\s|- )/.test(lines[at])) at++;
    lines.splice(at, 0, line);
  }
  return lines.join('\n');
}

export function new_source(fields: { id: string; language: string; title: string; products?: string[]; issue: string[] }): string {
  const is_zh = fields.language === 'zh';
  const front = with_field(with_field('---\nid: \nlanguage: \nstate: wip\n---\n', 'title', fields.title), 'products', fields.products ?? []);
  const [issue, environment, cause, resolution] = is_zh ? ['问题', '环境', '原因', '解决方法'] : ['Issue', 'Environment', 'Cause', 'Resolution'];
  const named = with_field(with_field(front, 'id', fields.id), 'language', fields.language);
  return `${named}## ${issue}\n${fields.issue.join('\n')}\n\n## ${environment}\n\n## ${cause}\n\n## ${resolution}\n`;
}
