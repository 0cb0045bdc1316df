// RFC 9162, section 2.1.3.2 (as RFC 6962): whether a path leads from a leaf to a root.

function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function toHex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function node(left, right) {
  const data = new Uint8Array(1 + left.length + right.length);
  data[0] = 1;
  data.set(left, 1);
  data.set(right, 1 + left.length);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data));
}

/** @param proof {sequence, treeSize, leafHash, path, rootHash} with hashes in hexadecimal */
export async function verifyInclusion({ sequence, treeSize, leafHash, path, rootHash }) {
  if (!globalThis.crypto?.subtle) throw new Error('this browser computes hashes only on https or localhost');
  if (sequence >= treeSize) return false;
  // BigInt: a sequence may be beyond what the bit operators of numbers reach.
  let first = BigInt(sequence);
  let last = BigInt(treeSize) - 1n;
  let hash = fromHex(leafHash);
  for (const text of path) {
    if (last === 0n) return false;
    const sibling = fromHex(text);
    if (first % 2n === 1n || first === last) {
      hash = await node(sibling, hash);
      while (first % 2n === 0n && first !== 0n) {
        first /= 2n;
        last /= 2n;
      }
    } else {
      hash = await node(hash, sibling);
    }
    first /= 2n;
    last /= 2n;
  }
  return last === 0n && toHex(hash) === rootHash.toLowerCase();
}
