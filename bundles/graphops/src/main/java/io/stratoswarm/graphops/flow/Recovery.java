package io.stratoswarm.graphops.flow;

import java.util.List;

/** Settles what an earlier process left of a strand. */
final class Recovery {
    private Recovery() {}

    static void recover(Cells cells, Store in, List<Outlet> outlets, long boot) {
        long from = cells.get(Words.BOOT);
        cells.set(Words.BOOT, boot);
        if (from != 0 && from != boot) {
            lost(cells, in, outlets);
            cells.commit();
            return;
        }
        long difference = in.recover();
        long gone = Math.max(0, -difference);
        long take = cells.get(Words.TAKE);
        if (take > 0) {
            if (gone < take) {
                in.discard(take - gone);
            }
            gone = Math.max(0, gone - take);
            cells.set(Words.TAKE, 0);
        }
        for (Outlet outlet : outlets) {
            gone = outlet.store() == in
                    ? outlet.recover(-gone)
                    : gone + outlet.recover(outlet.store().recover());
        }
        if (gone > 0) {
            cells.add(Words.LOST_BYTES, gone);
            lost(cells, in, outlets);
        }
        cells.commit();
    }

    /** The pipes were made anew: what was in them is gone, and is counted so. */
    private static void lost(Cells cells, Store in, List<Outlet> outlets) {
        cells.add(Words.LOST_BYTES, in.forget());
        cells.set(Words.TAKE, 0);
        cells.set(Words.SKIP, 0);
        for (Outlet outlet : outlets) {
            cells.add(
                    Words.LOST_BYTES, outlet.store() == in ? 0 : outlet.store().forget());
            outlet.drop();
        }
    }
}
