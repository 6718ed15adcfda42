interface Props {
  name: string;
  hue: number;
  size?: number;
  round?: boolean;
}

/** The first character on a coloured ground. */
export function Avatar({ name, hue, size = 40, round = false }: Props) {
  const style = {
    width: `${size}px`,
    height: `${size}px`,
    fontSize: `${Math.round(size * 0.46)}px`,
    background: `linear-gradient(160deg, hsl(${hue} 46% 58%), hsl(${(hue + 24) % 360} 48% 44%))`,
    borderRadius: round ? '50%' : `${Math.round(size * 0.16)}px`,
  };
  return (
    <span class="avatar" style={style} aria-hidden="true">
      {[...name][0] ?? '?'}
    </span>
  );
}

/** A colour that belongs to an account. */
export function accountHue(app: string): number {
  let sum = 0;
  for (const letter of app) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  // Neighbours in spelling get colours far apart.
  return (sum * 137) % 360;
}
