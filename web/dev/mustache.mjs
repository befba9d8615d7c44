// As much of Mustache as plain.html uses: variables, {{{raw}}}, sections, inverted sections, comments.
const escape = (value) => String(value).replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);

export function fill(template, ...stack) {
  const look = (name) => {
    for (let i = stack.length - 1; i >= 0; --i) if (stack[i]?.[name] !== undefined) return stack[i][name];
    return undefined;
  };
  return template
    .replace(/\{\{![\s\S]*?\}\}/g, '')
    .replace(/\{\{([#^])(\w+)\}\}((?:(?!\{\{[#^]\2\}\})[\s\S])*?)\{\{\/\2\}\}/g, (_, kind, name, inner) => {
      const value = look(name);
      const is_there = value !== undefined && value !== false && !(Array.isArray(value) && !value.length);
      if (kind === '^') return is_there ? '' : fill(inner, ...stack);
      if (!is_there) return '';
      if (Array.isArray(value)) return value.map((item) => fill(inner, ...stack, item)).join('');
      return fill(inner, ...stack);
    })
    .replace(/\{\{\{(\w+)\}\}\}/g, (_, name) => look(name) ?? '')
    .replace(/\{\{(\w+)\}\}/g, (_, name) => escape(look(name) ?? ''));
}
