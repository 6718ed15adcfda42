/** What was done, followed by what came of trying it before: two sentences, whether the first has its full stop or not. */
export function followed(done: string, note: string): string {
  if (!note) return done;
  if (/[。.！!]$/.test(done)) return done + note;
  return done + (/\p{Script=Han}$/u.test(done) ? '。' : '.') + note;
}
