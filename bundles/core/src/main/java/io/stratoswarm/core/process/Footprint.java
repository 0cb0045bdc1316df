package io.stratoswarm.core.process;

/**
 * What runs of an agent, for whoever measures it.
 *
 * @param incarnation number of the start; 0 where none runs
 * @param pid its main process; 0 where none runs
 * @param startTicks start of that process since boot; -1 where it is not known
 * @param keeper pid of its keeper, which is in its cgroup and is not the agent's; 0 where there is none
 * @param outputBytes bytes of output that were moved to its log since this daemon holds it
 */
public record Footprint(String agent, long incarnation, int pid, long startTicks, int keeper, long outputBytes) {}
