import { useSyncExternalStore } from 'react';
import { API } from './api';
import type { LiveEvent } from './types';

export type LiveState = 'connecting' | 'open' | 'lost';

/** What the stream tells its listener. */
export interface LiveListener {
  onEvent(event: LiveEvent): void;
  /** Events may have been missed: everything shown must be asked for again. */
  onReset(): void;
  /** The server ended the session. */
  onSignedOut(): void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
/** A stream that used to send pings and says nothing for this long is taken for dead. */
const SILENCE = 70_000;
/** The server's close code for a session that is over. */
const SESSION_OVER = 4001;

/**
 * The one live connection. It remembers the last sequence number it saw and resumes after it,
 * so a reconnect leaves no gap; numbers seen twice are dropped, so it makes no double.
 */
export class LiveConnection {
  #socket?: WebSocket;
  #timer?: ReturnType<typeof setTimeout>;
  #silence?: ReturnType<typeof setTimeout>;
  #wait = FIRST_WAIT;
  #pings = false;
  #last?: number;
  #stopped = false;
  #state: LiveState = 'connecting';
  #listeners = new Set<() => void>();
  readonly #listener: LiveListener;
  readonly #open: (url: string) => WebSocket;

  constructor(listener: LiveListener, open = (url: string) => new WebSocket(url)) {
    this.#listener = listener;
    this.#open = open;
  }

  get state(): LiveState {
    return this.#state;
  }

  get last(): number | undefined {
    return this.#last;
  }

  subscribe = (act: () => void) => {
    this.#listeners.add(act);
    return () => this.#listeners.delete(act);
  };

  start() {
    this.#stopped = false;
    this.#connect();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Tries at once instead of waiting for the next turn. */
  retryNow = () => {
    if (this.#state !== 'lost' || this.#stopped) return;
    clearTimeout(this.#timer);
    this.#connect();
  };

  #connect() {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const after = this.#last === undefined ? '' : `?after=${this.#last}`;
    const socket = this.#open(`${scheme}://${location.host}${API}/live${after}`);
    this.#socket = socket;
    socket.onmessage = (frame) => {
      if (socket !== this.#socket) return;
      this.#heard(socket);
      this.#take(JSON.parse(String(frame.data)));
    };
    socket.onclose = (event) => {
      if (event?.code === SESSION_OVER && socket === this.#socket) this.#listener.onSignedOut();
      this.#lost(socket);
    };
    socket.onerror = () => socket.close();
    this.#heard(socket);
  }

  #heard(socket: WebSocket) {
    clearTimeout(this.#silence);
    if (this.#pings) this.#silence = setTimeout(() => socket.close(), SILENCE);
  }

  #take(frame: { hello?: { seq: number }; reset?: boolean; ping?: unknown } & Partial<LiveEvent>) {
    if (frame.hello) {
      // Before the first hello nothing was missed: the pages load what is there.
      if (this.#last === undefined) this.#last = frame.hello.seq;
      this.#wait = FIRST_WAIT;
      this.#set('open');
      return;
    }
    if (frame.reset) {
      // what follows begins after the number given with it
      this.#last = frame.seq;
      this.#listener.onReset();
      return;
    }
    if (frame.ping !== undefined) this.#pings = true;
    if (typeof frame.seq !== 'number' || !frame.event) return;
    if (this.#last !== undefined && frame.seq <= this.#last) return;
    this.#last = frame.seq;
    this.#listener.onEvent(frame as LiveEvent);
  }

  #lost(socket: WebSocket) {
    if (socket !== this.#socket || this.#stopped) return;
    clearTimeout(this.#silence);
    this.#set('lost');
    this.#timer = setTimeout(() => this.#connect(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  #set(state: LiveState) {
    if (state === this.#state) return;
    this.#state = state;
    for (const act of this.#listeners) act();
  }
}

export function useLiveState(connection: LiveConnection): LiveState {
  return useSyncExternalStore(connection.subscribe, () => connection.state);
}
