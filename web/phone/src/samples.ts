/** Sample photos of our own drawing: SVG turned into PNG by the browser. */

interface Sample {
  name: string;
  svg: string;
}

const frame = (body: string, ground: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="360" viewBox="0 0 480 360"><rect width="480" height="360" fill="${ground}"/>${body}</svg>`;

const bill = frame(
  `<g transform="rotate(-3 240 180)"><rect x="130" y="30" width="220" height="300" rx="6" fill="#fffdf6"/>
   <rect x="152" y="54" width="120" height="14" rx="3" fill="#2f6f73"/><g fill="#b9b3a3">${[
     0, 1, 2, 3, 4, 5,
   ]
     .map(
       (row) =>
         `<rect x="152" y="${92 + row * 28}" width="110" height="8"/><rect x="292" y="${92 + row * 28}" width="36" height="8"/>`,
     )
     .join(
       '',
     )}</g><text x="152" y="302" font-size="26" font-family="sans-serif" fill="#b4442e">¥ 87.40</text></g>`,
  '#8c7a63',
);

const meter = frame(
  `<rect x="110" y="60" width="260" height="240" rx="26" fill="#e9ecee"/><rect x="140" y="96" width="200" height="64" rx="8" fill="#20282c"/>
   <text x="150" y="141" font-size="38" font-family="monospace" fill="#f4f4f4">01482</text><text x="276" y="141" font-size="38" font-family="monospace" fill="#ff7a59">.7</text>
   <circle cx="240" cy="226" r="44" fill="#fff" stroke="#9aa4a9" stroke-width="6"/><path d="M240 226L264 200" stroke="#c0392b" stroke-width="6" stroke-linecap="round"/>`,
  '#5f7482',
);

const router = frame(
  `<rect x="70" y="170" width="340" height="90" rx="18" fill="#2b2f33"/><g fill="#4bd07f"><circle cx="120" cy="215" r="9"/><circle cx="160" cy="215" r="9"/></g>
   <circle cx="200" cy="215" r="9" fill="#ff4d3d"/><circle cx="200" cy="215" r="18" fill="none" stroke="#ff4d3d" stroke-opacity=".5" stroke-width="4"/>
   <g stroke="#2b2f33" stroke-width="12" stroke-linecap="round"><path d="M110 170V70"/><path d="M370 170V70"/></g>`,
  '#cfd8d6',
);

export const pictures: Sample[] = [
  { name: 'bill', svg: bill },
  { name: 'meter', svg: meter },
  { name: 'router', svg: router },
];

export const preview = (svg: string) => `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;

/** The picture as a PNG data URL. */
export async function toPng(svg: string): Promise<string> {
  const image = new Image();
  image.src = preview(svg);
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = 480;
  canvas.height = 360;
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return canvas.toDataURL('image/png');
}

/** A file the person chose, as a data URL. */
export function readFile(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
