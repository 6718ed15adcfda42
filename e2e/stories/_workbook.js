// Workbooks for the importer: sheets of text, as small as the format allows (ECMA-376 part 1; ZIP without packing).

import { crc32 } from 'node:zlib';

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The bytes of a workbook: its sheets by name, each a list of rows of texts. */
export function workbook(sheets) {
  const names = Object.keys(sheets);
  const tabs = names.map(
    (name, at) => `<sheet name="${escaped(name)}" sheetId="${at + 1}" r:id="r${at}"/>`,
  );
  const relations = names.map(
    (_, at) => `<Relationship Id="r${at}" Type="${OFFICE}/worksheet" Target="sheet${at}.xml"/>`,
  );
  const parts = Object.values(sheets).map((rows, at) => [`xl/sheet${at}.xml`, sheet(rows)]);
  return zip([
    [
      'xl/workbook.xml',
      `<workbook xmlns:r="${OFFICE}"><sheets>${tabs.join('')}</sheets></workbook>`,
    ],
    ['xl/_rels/workbook.xml.rels', `<Relationships>${relations.join('')}</Relationships>`],
    ...parts,
  ]);
}

function sheet(rows) {
  const cell = (text) => `<c t="inlineStr"><is><t>${escaped(text)}</t></is></c>`;
  const lines = rows.map((cells) => `<row>${cells.map(cell).join('')}</row>`);
  return `<worksheet><sheetData>${lines.join('')}</sheetData></worksheet>`;
}

function zip(parts) {
  const files = [];
  const directory = [];
  let place = 0;
  for (const [path, text] of parts) {
    const [name, bytes] = [Buffer.from(path), Buffer.from(text)];
    // version, flags (names in UTF-8), no packing, no time, checksum, sizes, length of the name, nothing more
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(0x0800, 2);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(bytes.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), facts, name, bytes]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(place, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), facts, rest, name);
    files.push(file);
    place += file.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(place, 16);
  return Buffer.concat([...files, list, end]);
}
