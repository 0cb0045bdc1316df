/**
 * Where captures are kept: parts and pages by the hash of their content, compressed and encrypted, in pack files; one manifest a capture,
 * which lists its parts in order and thereby has one Merkle root.
 *
 * <p>A pack is written aside, made durable and renamed before the manifest that needs it; the manifest is what makes a capture be there.
 * So a capture is there whole or not at all, and what a kill leaves behind is found by nobody and swept away. Formats, all numbers
 * big-endian, sealed = AES-256-GCM (nonce of 12 bytes, ciphertext, tag of 16 bytes) under {@code keys/captures.key}:
 *
 * <pre>
 * NUMBER.capture  "SWCAPT1\n" sealed(deflated(int metaLength, meta JSON, int parts, { UTF name, UTF mediaType, 32 leafHash }))
 * packs/ID.pack   "SWPACK1\n" { int length, sealed(frame) } sealed(index) long indexOffset "SWPEND1\n"
 * frame           byte compressed, (deflated) int objects, { int length }, bytes
 * index           int frames, { long offset }, int objects, { 32 address, int frame, short slot }
 * </pre>
 *
 * <p>An object is a page, addressed by its SHA-256, or a part, addressed by its leaf hash: SHA-256 of a byte 0 (RFC 6962, 2.1) and
 * {@code "stratoswarm capture part v1\n" name "\n" mediaType "\n" content}.
 */
@NullMarked
package io.stratoswarm.audit.capture.store;

import org.jspecify.annotations.NullMarked;
