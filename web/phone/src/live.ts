import { api } from './api';
import type { Frame, Line } from './types';

type Listener = (frame: Frame) => void;

const listeners = new Set<Listener>();
let last = 0;
let started = false;

/** Hears every frame; gives the way to stop. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  if (!started) {
    started = true;
    connect(500);
  }
  return () => listeners.delete(listener);
}

const tell = (frame: Frame) => {
  for (const listener of listeners) listener(frame);
};

/** Lines missed while away come by the ordinary API: no gap, none twice. */
async function catchUp() {
  const { items } = await api.log(last === 0 ? undefined : last);
  for (const line of items) hear(line);
}

function hear(line: Line) {
  if (line.seq <= last) return;
  last = line.seq;
  tell({ log: line });
}

function connect(pause: number) {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${location.host}/_sim/live`);
  let patience = pause;
  socket.onopen = () => {
    patience = 500;
  };
  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data as string) as Frame;
    if (frame.hello) {
      // A simulator that was started anew counts from the beginning.
      if (frame.hello.seq < last) last = 0;
      tell(frame);
      void catchUp();
    } else if (frame.log) {
      if (frame.log.seq > last + 1 && last > 0) void catchUp();
      else hear(frame.log);
    } else if (frame.lagged) {
      tell({ hello: { seq: last } });
      void catchUp();
    } else {
      tell(frame);
    }
  };
  socket.onclose = () => {
    tell({ lagged: -1 });
    setTimeout(() => connect(Math.min(patience * 2, 8000)), patience);
  };
}
