package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.graph.Proposals;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The service over the book of proposals and the search for better places. */
final class LiveProposals implements Proposals {
    private final ProposalBook book;
    private final Relocating relocating;

    LiveProposals(ProposalBook book, Relocating relocating) {
        this.book = book;
        this.relocating = relocating;
    }

    @Override
    public List<Proposal> list(Optional<String> graph, int limit) {
        return book.list(graph, limit);
    }

    @Override
    public Proposal get(long number) {
        return book.get(number);
    }

    @Override
    public CompletableFuture<Proposal> approve(long number, String actor) {
        return book.approve(number, actor);
    }

    @Override
    public CompletableFuture<Proposal> reject(long number, String actor) {
        return book.reject(number, actor);
    }

    @Override
    public Review review(String graph) {
        return relocating.review(graph);
    }

    @Override
    public CompletableFuture<Review> relocate(String graph, String actor) {
        return CompletableFuture.supplyAsync(() -> relocating.asked(graph, actor), Thread::startVirtualThread);
    }
}
