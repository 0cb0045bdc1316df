package io.stratoswarm.scriptworker;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Takes the daemon's frames and gives each to its script. Runs no guest itself, so the end of the pipe is always heard. */
final class Desk {
    private final Guests guests;
    private final Watchdog watchdog;
    private final Replies replies;
    private final Map<Integer, Script> scripts = new HashMap<>();

    Desk(Guests guests, Watchdog watchdog, Replies replies) {
        this.guests = guests;
        this.watchdog = watchdog;
        this.replies = replies;
    }

    /** Returns at the end of the stream. */
    void serve(FrameReader in) throws IOException {
        for (int type = in.next(); type >= 0; type = in.next()) {
            switch (type) {
                case Wire.LOAD -> load(Code.read(in));
                case Wire.CALL -> call(in.u32(), in.u64(), in.texts());
                case Wire.UNLOAD -> unload(in.u32());
                default -> throw new IOException("frame of unknown type " + type);
            }
        }
    }

    private void load(Code code) {
        Script script = new Script(code, guests, watchdog, replies);
        scripts.put(code.id(), script);
        script.start();
    }

    private void call(int id, long call, String[] inputs) throws IOException {
        Script script = scripts.get(id);
        if (script == null) {
            throw new IOException("call of script " + id + ", which is not loaded");
        }
        script.add(new Script.Call(call, inputs));
    }

    private void unload(int id) {
        Script script = scripts.remove(id);
        if (script != null) {
            script.stop();
        }
    }
}
