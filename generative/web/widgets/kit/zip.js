// A ZIP archive of a few files, which lie in it as they are (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).

import { crc32 } from "./png.js";

const UTF8 = 0x0800, DAY_ONE = 0x21; // flag of the names; 1 January 1980

/** @typedef {{ name: string, bytes: Uint8Array<ArrayBuffer> }} File */

/**
 * Numbers one after another, of so many bytes each, the lowest byte first.
 * @param {[number, number][]} numbers with their sizes
 */
function packed(numbers) {
  const bytes = new Uint8Array(numbers.reduce((sum, [, size]) => sum + size, 0));
  let at = 0;
  for (const [number, size] of numbers) for (let i = 0; i < size; i++) bytes[at++] = (number / 256 ** i) & 0xff;
  return bytes;
}

/**
 * What a file's own header and its entry in the directory have in common.
 * @param {File} file
 * @param {Uint8Array} name
 * @returns {[number, number][]}
 */
function facts({ bytes }, name) {
  const { length } = bytes;
  return [[20, 2], [UTF8, 2], [0, 2], [0, 2], [DAY_ONE, 2], [crc32(bytes), 4], [length, 4], [length, 4], [name.length, 2], [0, 2]];
}

/**
 * @param {File[]} files
 * @returns {Uint8Array<ArrayBuffer>[]} the archive in parts
 */
export function zip(files) {
  const parts = [], directory = [];
  let at = 0, length = 0;
  for (const file of files) {
    const name = new TextEncoder().encode(file.name), about = facts(file, name);
    const head = packed([[0x04034b50, 4], ...about]);
    const entry = packed([[0x02014b50, 4], [20, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]]);
    parts.push(head, name, file.bytes);
    directory.push(entry, name);
    at += head.length + name.length + file.bytes.length;
    length += entry.length + name.length;
  }
  const { length: count } = files;
  const end = packed([[0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [length, 4], [at, 4], [0, 2]]);
  return [...parts, ...directory, end];
}
