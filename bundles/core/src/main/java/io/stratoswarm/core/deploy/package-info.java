/**
 * Hot deploy: judges what lies in the watched folder, hands the accepted bytes to the framework, and knows of each bundle what
 * became of it and why.
 *
 * <p>Nothing is ever loaded from the watched folder itself. A jar is read once, hashed, checked and copied into a private folder;
 * only that copy is loaded, so the bytes that run are the bytes whose hash is in the journal. A bundle that is refused disturbs
 * nothing, and a good one that is replaced by a bad one stays.
 */
@NullMarked
package io.stratoswarm.core.deploy;

import org.jspecify.annotations.NullMarked;
