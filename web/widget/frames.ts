// The webchat protocol, version 1 (docs/formats.md), as types. Unknown fields are ignored.
export interface Choice { id: string; label: string }

export interface MessageFrame {
  t: 'message'; seq: number; id: string; from: 'customer' | 'bot' | 'staff'; text: string;
  html?: string; choices?: Choice[]; slot?: string; at?: string; cmid?: string;
  picture?: string;            // address of a picture that belongs to the question; from '/' on: on the chat's server
  files?: { name: string }[];  // what the customer sent along
}

export type ServerFrame =
  | MessageFrame
  | { t: 'welcome'; session: string; conversation?: string; seq: number; ref?: string; provisional?: boolean }
  | { t: 'ack'; cmid: string; id: string; seq: number; ref?: string }
  | { t: 'nack'; cmid: string; code: string; message?: string; retry_after_ms?: number }
  | { t: 'ref'; ref: string; provisional?: boolean }
  | { t: 'pause'; retry_after_ms?: number }
  | { t: 'bye'; resume?: string; retry_after_ms?: number }
  | { t: 'error'; code: string; message?: string };

export interface Hello { session: string; seq: number; lang: string }
export interface Outgoing { cmid: string; text: string; choice?: string }

// One connection, however it is made. After `closed` was called nothing more comes from it.
export interface Link {
  send(message: Outgoing): void;
  close(): void;
}
export interface LinkEvents {
  frame(frame: ServerFrame): void;
  closed(): void;
}
export type OpenLink = (server: string, hello: Hello, events: LinkEvents) => Link;
