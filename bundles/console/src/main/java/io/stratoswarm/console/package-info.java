/**
 * The HTTP API of the daemon on a unix socket, {@code /api/v1}; documented in {@code docs/http-api.md}. Handlers run on virtual
 * threads and may block; the event loop only moves bytes. Nothing here keeps state of its own: what it serves, it asks the
 * services of {@code api} for, and a service that is absent is named in the answer.
 */
@NullMarked
package io.stratoswarm.console;

import org.jspecify.annotations.NullMarked;
