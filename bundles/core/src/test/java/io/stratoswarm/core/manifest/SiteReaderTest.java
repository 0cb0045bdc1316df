package io.stratoswarm.core.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SiteReaderTest {
    @Test
    void shouldReadPlacesAndLinks() {
        Site site = SiteReader.read("nodes.json", """
                        {
                          // two of them
                          "places": [
                            {"id": "a1", "zone": "a", "labels": {"disk": "ssd"}, "temperature": 41.5, "cost": 2,
                             "capacity": {"cpu": 16, "memory": "64GiB", "gpu": 1, "bandwidth": "1MiB/s", "custom": {"licence": 3}}},
                            {"id": "a1-0", "within": "a1", "cpus": "0-1,4", "memoryNodes": "0"},
                          ],
                          "links": [{"from": "a1", "to": "a1-0", "latency": 0.5, "bandwidth": "2MiB/s"}],
                        }
                        """).site().orElseThrow();
        Place first = site.places().getFirst();
        assertEquals(Optional.of("a"), first.zone());
        assertEquals(
                Map.of(
                        "cpu",
                        16.0,
                        "memory",
                        64.0 * (1L << 30),
                        "gpu",
                        1.0,
                        "bandwidth",
                        (double) (1 << 20),
                        "licence",
                        3.0),
                first.capacity());
        assertEquals(OptionalDouble.of(41.5), first.temperature());
        assertEquals(List.of(0, 1, 4), site.places().get(1).cpus());
        assertEquals(Optional.of("a1"), site.places().get(1).within());
        assertEquals(OptionalDouble.of(2 << 20), site.links().getFirst().bandwidth());
    }

    @Test
    void shouldSayAllThatIsWrongAndWhere() {
        SiteReader.Result result = SiteReader.read("nodes.json", """
                {
                  "places": [
                    {"id": "a1", "capacity": {"memmory": "1GiB"}},
                    {"id": "a1", "cost": -1},
                    {"id": "b", "within": "a2"},
                    {"id": "c", "within": "d"},
                    {"id": "d", "within": "c"}
                  ],
                  "links": [{"from": "a1", "to": "a1", "latency": 1}, {"from": "a1", "to": "b"}]
                }
                """);
        List<String> lines =
                result.errors().stream().map(problem -> problem.render()).toList();
        assertTrue(result.site().isEmpty());
        String all = String.join("\n", lines);
        assertTrue(
                all.contains(
                        "nodes.json:3:31: unknown key 'memmory' in the capacity of a place; did you mean 'memory'?"),
                all);
        assertTrue(all.contains("nodes.json:4:12: the place 'a1' is already in line 3; ids are unique"), all);
        assertTrue(all.contains("nodes.json:4:26: 'cost' must be 0.0 to"), all);
        assertTrue(all.contains("nodes.json:5:27: there is no place 'a2'; did you mean 'a1'?"), all);
        assertTrue(all.contains("nodes.json:6:27: the place 'c' lies within itself"), all);
        assertTrue(all.contains("nodes.json:9:34: a link connects two places, not 'a1' with itself"), all);
        assertTrue(all.contains("nodes.json:9:55: a link needs the key 'latency', for example 0.5"), all);
    }

    @Test
    void shouldRefuseWhatIsNoFileOfPlaces() {
        assertEquals(
                "nodes.json:1:1: a file of places is an object with \"places\", not an array",
                SiteReader.read("nodes.json", "[]").errors().getFirst().render());
        assertTrue(SiteReader.read("nodes.json", "{\"places\": []}")
                .errors()
                .getFirst()
                .message()
                .contains("names none"));
        assertTrue(
                SiteReader.read("nodes.json", "").errors().getFirst().message().contains("is empty"));
    }
}
