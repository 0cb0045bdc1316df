import io.stratoswarm.api.learn.SequenceShape;
import io.stratoswarm.benchmarks.LstmPass;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The passes of {@code LstmPass} by libtorch, on one thread, with the same weights; started by {@code benchmarks/run lstm} from this source. */
final class Libtorch implements LstmPass.Peer {
    private LSTMImpl layers;
    private Tensor headWeights;
    private Tensor headBiases;
    private Tensor input;
    private int count;
    private int steps;

    public static void main(String[] arguments) {
        torch.set_num_threads(1);
        try (NoGradGuard guard = new NoGradGuard()) {
            LstmPass.compare(List.of(new Libtorch()));
        }
    }

    @Override
    public String name() {
        return "libtorch 2.10.0";
    }

    @Override
    public void prepare(SequenceShape shape, float[] weights, int sequences, int length, float[] inputs) {
        count = sequences;
        steps = length;
        LSTMOptions options = new LSTMOptions(shape.features(), shape.hidden());
        options.num_layers().put(shape.layers());
        options.batch_first().put(true);
        layers = new LSTMImpl(options);
        // Gates are in the same order; matrices are transposed, and the two biases of a gate are added.
        for (int i = 0; i < shape.layers(); i++) {
            set("weight_ih_l" + i, transposed(weights, shape.inputWeights(i), shape.inputs(i), shape.gates()));
            set("weight_hh_l" + i, transposed(weights, shape.recurrentWeights(i), shape.hidden(), shape.gates()));
            set("bias_ih_l" + i, tensor(weights, shape.biases(i), shape.gates()));
            set("bias_hh_l" + i, tensor(new float[shape.gates()], 0, shape.gates()));
        }
        headWeights = tensor(weights, shape.headWeights(), shape.hidden() * shape.outputs()).view(shape.hidden(), shape.outputs());
        headBiases = tensor(weights, shape.headBiases(), shape.outputs());
        input = tensor(inputs, 0, inputs.length).view(count, steps, shape.features());
    }

    private void set(String name, Tensor value) {
        layers.named_parameters().get(name).copy_(value);
    }

    private static Tensor transposed(float[] weights, int offset, int rows, int columns) {
        return tensor(weights, offset, rows * columns).view(rows, columns).t().contiguous();
    }

    private static Tensor tensor(float[] values, int offset, int length) {
        float[] part = java.util.Arrays.copyOfRange(values, offset, offset + length);
        return torch.from_blob(new FloatPointer(part), length).clone();
    }

    @Override
    public float[] outputs() {
        try (PointerScope scope = new PointerScope()) {
            Tensor last = layers.forward(input).get0().select(1, steps - 1);
            Tensor result = last.matmul(headWeights).add(headBiases).contiguous();
            float[] outputs = new float[count];
            result.data_ptr_float().get(outputs);
            return outputs;
        }
    }
}
