package io.stratoswarm.api.place;

import java.util.List;

/**
 * All places that there are, and what connects them.
 *
 * @param notes what could not be found out, in words for people
 */
public record Site(List<Place> places, List<Link> links, List<String> notes) {
    public Site {
        places = List.copyOf(places);
        links = List.copyOf(links);
        notes = List.copyOf(notes);
    }
}
