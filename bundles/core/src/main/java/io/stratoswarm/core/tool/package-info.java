/**
 * What an operator does with a data folder from outside a daemon: verify, prove, export, back up, restore, salvage.
 */
@NullMarked
package io.stratoswarm.core.tool;

import org.jspecify.annotations.NullMarked;
