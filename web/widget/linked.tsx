// Text with its web addresses as links.
const kAddress = /(https?:\/\/[^\s<>"'，。；、）】]+[^\s<>"'，。；、）】.,;:!?)\]])/g;

export function linked(text: string) {
  return text.split(kAddress).map((part, index) =>
    index % 2 ? <a href={part} target="_blank" rel="noopener noreferrer">{part}</a> : part);
}
