package io.stratoswarm.core.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Speaks the protocol of a worker without any language. Each load writes a line to the file that it is given; the second one of all is
 * rejected, whichever process it comes to. A call is answered by the number of loads.
 */
final class FakeWorker {
    private final OutputStream out = System.out;
    private final Path loads;

    private FakeWorker(Path loads) {
        this.loads = loads;
    }

    public static void main(String[] arguments) throws IOException {
        new FakeWorker(Path.of(arguments[0])).serve();
    }

    private void serve() throws IOException {
        Frame ready = new Frame(Wire.READY, 64);
        ready.u8(Wire.VERSION).u8(0).text("fake");
        send(ready);
        FrameReader in = new FrameReader(System.in);
        for (int type = in.next(); type >= 0; type = in.next()) {
            if (type == Wire.LOAD) {
                load(in.u32());
            } else if (type == Wire.CALL) {
                in.u32();
                answer(in.u64(), in.texts());
            }
        }
    }

    private void load(int script) throws IOException {
        Files.writeString(loads, "load\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        boolean rejected = count() == 2;
        Frame loaded = new Frame(Wire.LOADED, 64);
        loaded.u32(script).u8(rejected ? 1 : 0).u32(0).u32(0).text(rejected ? "the machine was busy" : "");
        send(loaded);
    }

    private int count() throws IOException {
        return Files.readAllLines(loads).size();
    }

    private void answer(long call, List<String> inputs) throws IOException {
        Frame result = new Frame(Wire.RESULT, 64);
        result.u64(call).u32(0).u32(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            result.u8(Wire.OK).u64(1).text(String.valueOf(count())).u32(0);
        }
        send(result);
    }

    private void send(Frame frame) throws IOException {
        out.write(frame.bytes(), 0, frame.length());
        out.flush();
    }
}
