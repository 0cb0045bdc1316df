package io.stratoswarm.scriptworker;

/** A script as the daemon sends it. */
record Code(int id, String name, String file, String function, boolean batch, Limits limits, String source) {
    static Code read(FrameReader in) {
        return new Code(
                in.u32(),
                in.text(),
                in.text(),
                in.text(),
                in.u8() != 0,
                new Limits(in.u64(), in.u64(), in.u64(), in.u32()),
                in.text());
    }
}
