/** Core files, as the kernel would have written them (System V ABI, core(5), fs/binfmt_elf.c), of processes in a capture. */
@NullMarked
package io.stratoswarm.audit.capture.elf;

import org.jspecify.annotations.NullMarked;
