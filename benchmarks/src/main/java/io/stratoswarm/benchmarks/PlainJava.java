package io.stratoswarm.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The policy function of the scripts' benchmark, in each language: what it costs without a worker between. */
final class PlainJava {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BATCH = 1_000;

    private PlainJava() {}

    /** Twenty figures of an agent. */
    static String input() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < 18; i++) {
            text.append("\"metric").append(i).append("\":").append(i * 1.5).append(',');
        }
        return text.append("\"cpu\":0.93,\"agent\":\"shop/web.0\"}").toString();
    }

    static String policy(String language) {
        return language.equals("js") ? """
                  function react(input) {
                    let sum = 0;
                    for (const name in input) {
                      if (typeof input[name] === 'number') sum += input[name];
                    }
                    return input.cpu > 0.9 && sum > 100
                        ? {action: 'restart', agent: input.agent, score: sum}
                        : {action: 'none', agent: input.agent, score: 0};
                  }
                  """ : """
                  def react(input):
                      total = 0.0
                      for value in input.values():
                          if isinstance(value, (int, float)):
                              total += value
                      if input['cpu'] > 0.9 and total > 100:
                          return {'action': 'restart', 'agent': input['agent'], 'score': total}
                      return {'action': 'none', 'agent': input['agent'], 'score': 0}
                  """;
    }

    private static Map<String, Object> decide(Map<?, ?> input) {
        double sum = 0;
        for (Object value : input.values()) {
            if (value instanceof Number number) {
                sum += number.doubleValue();
            }
        }
        boolean restart = input.get("cpu") instanceof Number cpu && cpu.doubleValue() > 0.9 && sum > 100;
        Map<String, Object> output = new LinkedHashMap<>();
        output.put("action", restart ? "restart" : "none");
        output.put("agent", String.valueOf(input.get("agent")));
        output.put("score", restart ? sum : 0);
        return output;
    }

    static void report(double seconds) throws IOException {
        String input = input();
        Map<?, ?> parsed = JSON.readValue(input, Map.class);
        long sink = 0;
        for (int warm = 0; warm < 2; warm++) {
            long calls = 0;
            long began = System.nanoTime();
            while (System.nanoTime() - began < seconds * 5e8) {
                for (int i = 0; i < BATCH; i++) {
                    sink += decide(parsed).size();
                }
                calls += BATCH;
            }
            if (warm > 0) {
                Scripts.print("java policy, on a map that is there: %,.0f calls/s", calls / (seconds / 2));
            }
        }
        for (int warm = 0; warm < 2; warm++) {
            long calls = 0;
            long began = System.nanoTime();
            while (System.nanoTime() - began < seconds * 5e8) {
                for (int i = 0; i < BATCH; i++) {
                    sink += JSON.writeValueAsString(decide(JSON.readValue(input, Map.class)))
                            .length();
                }
                calls += BATCH;
            }
            if (warm > 0) {
                Scripts.print("java policy, from JSON to JSON: %,.0f calls/s (%d)", calls / (seconds / 2), sink % 10);
            }
        }
    }
}
