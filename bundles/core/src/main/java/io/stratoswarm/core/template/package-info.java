/**
 * Puts lines of agents' output to templates, by Drain (P. He, J. Zhu, Z. Zheng, M. R. Lyu: Drain: An Online Log Parsing Approach with Fixed
 * Depth Tree, ICWS 2017). Reads the captured logs and never stands between an agent and its log.
 */
@NullMarked
package io.stratoswarm.core.template;

import org.jspecify.annotations.NullMarked;
