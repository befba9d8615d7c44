const icon = (path: string) => () => (
  <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
    <path d={path} fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />
  </svg>
);
export const ChatIcon = icon('M4 5h16v11H9.5L5 20v-4H4zM8.5 10.5h.01M12 10.5h.01M15.5 10.5h.01');
export const CloseIcon = icon('M6 6l12 12M18 6L6 18');
export const ClipIcon = icon('M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.9-8.9a3.3 3.3 0 0 1 4.7 4.7l-8.8 8.8a1.6 1.6 0 0 1-2.3-2.3l8.1-8.1');
export const FileIcon = icon('M6 3h8l4 4v14H6zM14 3v4h4');
export const SendIcon = icon('M5 12h13M12.5 6l6 6-6 6');
export const DownIcon = icon('M12 5v14M6 13l6 6 6-6');
