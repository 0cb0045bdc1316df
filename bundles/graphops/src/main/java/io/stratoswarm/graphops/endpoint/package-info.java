/** Where records come into a graph and where they leave it: files, sockets and HTTP. */
@NullMarked
package io.stratoswarm.graphops.endpoint;

import org.jspecify.annotations.NullMarked;
