/**
 * The log of decisions: gives each its context, has it judged by the rules that are there, records it before it acts, and keeps those
 * that wait for an approval. Knows no rules and no deciders.
 */
@NullMarked
package io.stratoswarm.core.decision;

import org.jspecify.annotations.NullMarked;
