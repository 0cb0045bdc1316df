package io.stratoswarm.api.journal;

import java.util.UUID;

/** Size and root hash (32 bytes, lower-case hexadecimal) of the tree. */
public record Checkpoint(UUID journal, long size, String rootHash) {}
