/**
 * Reads LMDB files without LMDB: every offset is checked before it is used, nothing is mapped, so that no damage to a file
 * can end the process. Follows the file format of LMDB 0.9 (data version 1) on 64-bit little-endian machines.
 */
@NullMarked
package io.stratoswarm.core.lmdbfile;

import org.jspecify.annotations.NullMarked;
