/**
 * The Merkle tree of RFC 6962 as pure functions: where nodes are stored, which hashes prove what, and whether a proof holds.
 * Nothing here reads or writes a file; stored hashes come through {@link io.stratoswarm.core.merkle.HashReader}.
 */
@NullMarked
package io.stratoswarm.core.merkle;

import org.jspecify.annotations.NullMarked;
