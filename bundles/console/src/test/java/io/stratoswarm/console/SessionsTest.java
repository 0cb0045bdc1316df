package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private final ManualClock clock = new ManualClock();
    private final InMemoryTables tables = new InMemoryTables();

    private Sessions started() throws IOException {
        Sessions sessions = new Sessions(clock.surroundings());
        sessions.open(tables);
        return sessions;
    }

    private Sessions.Session session(Duration length) {
        long now = clock.surroundings().clock().millis();
        return new Sessions.Session("id", "token:ada", Role.OPERATOR, now + length.toMillis());
    }

    @Test
    void shouldKeepSessionsOverARestartWithoutTheirSecret() throws IOException {
        Sessions.Session session = session(Duration.ofHours(1));
        String secret = started().open(session);
        assertEquals(Optional.of(session), started().find(secret));
        assertFalse(tables.dump().contains(secret));
    }

    @Test
    void shouldEndSessionsAcrossARestart() throws IOException {
        Sessions before = started();
        String brief = before.open(session(Duration.ofMinutes(1)));
        String left = before.open(session(Duration.ofHours(1)));
        String closed = before.open(session(Duration.ofHours(1)));
        before.close(closed);
        clock.pass(Duration.ofMinutes(2));
        Sessions after = started();
        assertEquals(Optional.empty(), after.find(brief));
        assertEquals(Optional.empty(), after.find(closed));
        assertTrue(after.find(left).isPresent());
        after.closeAll();
        assertEquals(Optional.empty(), started().find(left));
        assertEquals("", tables.dump());
    }

    @Test
    void shouldStoreSessionsThatWereOpenedBeforeTheTable() throws IOException {
        Sessions early = new Sessions(clock.surroundings());
        String secret = early.open(session(Duration.ofHours(1)));
        early.open(tables);
        assertTrue(started().find(secret).isPresent());
    }

    @Test
    void shouldForgetTheSessionsUsedLongestAgoWhereThereAreTooMany() throws IOException {
        Sessions sessions = started();
        List<String> secrets = new ArrayList<>();
        for (int i = 0; i < 1_010; i++) {
            secrets.add(sessions.open(session(Duration.ofHours(1))));
        }
        Sessions after = started();
        assertEquals(1_000, tables.dump().lines().count());
        assertEquals(Optional.empty(), after.find(secrets.get(0)));
        assertTrue(after.find(secrets.get(1_009)).isPresent());
    }

    @Test
    void shouldUseACodeOnce() throws IOException {
        Sessions sessions = started();
        String code = sessions.code(Caller.anonymous("127.0.0.1"), Role.VIEWER);
        assertTrue(sessions.redeem(code).isPresent());
        assertEquals(Optional.empty(), sessions.redeem(code));
    }
}
