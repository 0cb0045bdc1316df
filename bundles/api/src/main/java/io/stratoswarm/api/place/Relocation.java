package io.stratoswarm.api.place;

import java.util.List;

/**
 * Whether the agents of a graph would be better at other places than where they are.
 *
 * @param generation of the graph that was looked at
 * @param now total of the objectives where the agents are, the less the better; 0 where that breaks a rule
 * @param then the same after all moves
 * @param cost of the moves, in the same unit
 * @param moves those that are worth it; none where nothing better was found
 * @param broken rules that the present placement breaks, for example since a processor is gone
 * @param refused what would be better still and cannot be done, with the reason
 */
public record Relocation(
        String graph,
        long generation,
        double now,
        double then,
        double cost,
        List<Move> moves,
        List<String> broken,
        List<String> refused,
        String solver,
        long seed) {
    public Relocation {
        moves = List.copyOf(moves);
        broken = List.copyOf(broken);
        refused = List.copyOf(refused);
    }

    /** By how much the objectives are better after all moves. */
    public double gain() {
        return broken.isEmpty() && !moves.isEmpty() ? now - then : 0;
    }

    /**
     * One agent that is to be elsewhere.
     *
     * @param slot the replica of its node that it stands for
     * @param why one sentence: what speaks for the new place
     */
    public record Move(String agent, String node, int slot, String from, String to, String why) {}
}
