package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec;
import java.util.List;

/** What a strand is made of. */
record StrandParts(
        FlowSpec spec,
        Cells cells,
        Store in,
        Framer framer,
        List<Outlet> outlets,
        Bucket bucket,
        RefusedFile refused,
        Buffer buffer,
        Feed feed) {}
