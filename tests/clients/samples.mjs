// Files to send: what Telegram looks into is real, the rest has the right first bytes.
import { deflateSync } from "node:zlib";

// Every byte value, and a length that no buffer has.
export const bytes = Buffer.from(
  Array.from({ length: 70_001 }, (_, i) => (i * 7 + (i >> 8)) & 255),
);

const padded = (...start) => Buffer.concat([...start, bytes.subarray(0, 4_000)]);
export const mp4 = padded(
  Buffer.from([0, 0, 0, 24]),
  Buffer.from("ftypmp42"),
  Buffer.alloc(4),
  Buffer.from("mp42isom"),
);
export const mp3 = padded(Buffer.from("ID3"), Buffer.from([3, 0, 0, 0, 0, 0, 0]));
export const ogg = padded(Buffer.from("OggS"), Buffer.alloc(24), Buffer.from("OpusHead"));
export const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==", "base64");

// A grey picture in PNG.
export function png(width = 3, height = 2) {
  const crc = (data) => {
    let sum = ~0;
    for (const byte of data) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum >>> 0;
  };
  const chunk = (type, data) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const framed = Buffer.alloc(named.length + 8);
    framed.writeUInt32BE(data.length, 0);
    named.copy(framed, 4);
    framed.writeUInt32BE(crc(named), named.length + 4);
    return framed;
  };
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 0, 0, 0, 0]);
  const row = Buffer.from([0, ...Array(width).fill(9)]);
  const rows = Buffer.concat(Array(height).fill(row));
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

// A lossless WebP of 512 x 512, all of one colour: the size that a sticker has.
export const webp = (() => {
  const bits = [];
  const put = (value, count) => {
    for (let bit = 0; bit < count; bit++) bits.push((value >> bit) & 1);
  };
  put(0x2f, 8); // signature
  put(511, 14); // width and height, less one each
  put(511, 14);
  put(0, 1 + 3 + 3); // no alpha, version 0; no transform, no cache, no meta codes
  for (const channel of [200, 100, 50, 255]) {
    put(0b101, 3); // a code of one symbol, written in eight bits
    put(channel, 8);
  }
  put(0b0001, 4); // the distance code: symbol 0 in one bit
  const data = Buffer.alloc(Math.ceil(bits.length / 16) * 2);
  bits.forEach((bit, i) => (data[i >> 3] |= bit << (i & 7)));
  const head = Buffer.alloc(20);
  head.write("RIFF", 0);
  head.writeUInt32LE(data.length + 12, 4);
  head.write("WEBPVP8L", 8);
  head.writeUInt32LE(data.length, 16);
  return Buffer.concat([head, data]);
})();
