package io.stratoswarm.healing;

import io.stratoswarm.healing.classify.Model;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The model that failures are named by, as it comes with the bundle; {@code benchmarks/faults} makes it. */
record ShippedModel(Model model, String hash) {
    private static final String FILE = "failures.json";

    static ShippedModel load() {
        try (InputStream in = ShippedModel.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks its file " + FILE);
            }
            byte[] bytes = in.readAllBytes();
            return new ShippedModel(
                    Model.read(new ByteArrayInputStream(bytes), FILE),
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
