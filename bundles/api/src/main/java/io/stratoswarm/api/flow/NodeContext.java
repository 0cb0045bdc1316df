package io.stratoswarm.api.flow;

import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What a node that runs inside of the daemon sees of the world. Methods that wait end with an interrupt when it is killed. Any
 * thread may call them; of each input one at a time.
 */
@ProviderType
public interface NodeContext {
    /** Id of the agent, for example {@code shop/log.0}. */
    String agent();

    /** JSON object of its manifest. */
    String settings();

    /** A channel that records come from; empty at once where no flow leads to it. */
    RecordInput input(String channel);

    /** A channel that records go to; they are dropped where no flow leads from it. */
    RecordOutput output(String channel);

    /** Says that it does what it is for, for example that it listens. */
    void ready();

    /** Whether it was asked to end. */
    boolean stopping();

    /** Runs this once it is asked to end, on another thread; at once where it was already. For closing what the node waits for. */
    void whenStopping(Runnable action);

    /**
     * Says that it cannot do what it is for now, for example that its peer is not there; its records wait.
     *
     * @param reason one line; empty where it goes on
     */
    void waiting(String reason);

    /** A line for the agent's log. */
    void log(String line);

    /**
     * Keeps a small value over crashes of the daemon, for example how far a file was read. It is kept together with the records
     * that are written next, or with the next step by which records that were read are done: after a crash either both are there
     * or none. Where nothing more is written or read it is kept when the node ends well.
     *
     * @param position at most 256 characters
     */
    void keepPosition(String position);

    /** What {@link #keepPosition} was given last, by this or an earlier incarnation; empty at first. */
    String position();

    /** What an end of a flow carries. */
    @ProviderType
    interface Carries {
        /** Whether a flow, or who is to be told what is done, is at its other end. */
        boolean connected();

        /** LINES where no flow is connected. */
        FlowSpec.Framing framing();

        /** TEXT where no flow is connected. */
        DataType data();

        /** The flows refuse longer records. */
        long maxRecordBytes();
    }

    /** Records in order, without what the framing adds. With the framing BYTES each is a piece of what comes, of any length. */
    @ProviderType
    interface RecordInput extends Carries {
        /**
         * Waits for at least one record and gives at most so many; none at the end of input, and when it was asked to end. What
         * was given before counts as done, and so does the rest when the node ends well without being asked to. What is not done
         * comes again in the next incarnation.
         */
        List<byte[]> read(int most) throws InterruptedException;

        /**
         * Counts what was given so far as done together with the records that are written next, in one step, so that a crash
         * neither loses an input nor repeats an output.
         */
        void doneWithNextWrite();
    }

    @ProviderType
    interface RecordOutput extends Carries {
        /**
         * Keeps them where a crash of the daemon does not lose them and waits for room for all of them in the flow. Where the node
         * is asked to end meanwhile, it does not wait: the next incarnation brings them on their way.
         *
         * @throws io.stratoswarm.api.StratoswarmException kind INVALID for a record that the framing cannot carry, a line with a
         *     newline in it; nothing is written then
         */
        void write(List<byte[]> records) throws InterruptedException;
    }
}
