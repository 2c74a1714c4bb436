// A picture of the window small enough for the repository: PNG with the 256 colours that it uses most.
import type { ElectronApplication } from '@playwright/test';
import { crc32, deflateSync } from 'node:zlib';

/** The window as it is drawn now. */
export async function smallPicture(app: ElectronApplication): Promise<Buffer> {
  const { width, height, bitmap } = await app.evaluate(async ({ BrowserWindow }) => {
    const image = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage();
    if (image === undefined) throw new Error('There is no window.');
    return { ...image.getSize(), bitmap: image.toBitmap().toString('base64') };
  });
  return indexedPng(width, height, Buffer.from(bitmap, 'base64'));
}

/** `pixels`: BGRA, opaque, row by row. */
export function indexedPng(width: number, height: number, pixels: Buffer): Buffer {
  const at = (pixel: number): number => pixels.readUIntLE(pixel * 4, 3);
  const uses = new Map<number, number>();
  for (let pixel = 0; pixel < width * height; pixel += 1) uses.set(at(pixel), (uses.get(at(pixel)) ?? 0) + 1);
  const palette = [...uses]
    .toSorted(([, left], [, right]) => right - left)
    .slice(0, 256)
    .map(([colour]) => colour);
  const index = new Map<number, number>([...uses.keys()].map((colour) => [colour, nearest(colour, palette)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const row = Math.floor(pixel / width);
    rows[row * (width + 1) + 1 + (pixel % width)] = index.get(at(pixel)) ?? 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, indexed.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function channels(colour: number): [red: number, green: number, blue: number] {
  return [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];
}

function nearest(colour: number, palette: readonly number[]): number {
  const [red, green, blue] = channels(colour);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of palette.entries()) {
    const [r, g, b] = channels(candidate);
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
