package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricInfo.Kind;
import java.util.ArrayList;
import java.util.List;

/** Every metric that is measured here, in the order of docs/metrics.md, which a test compares. */
final class Names {
    private static final List<MetricInfo> TABLE = new ArrayList<>();

    static final String CPU = counter("cpu_seconds_total", "seconds", "Processor time used, by mode.");
    static final String RSS =
            gauge("memory_resident_bytes", "bytes", "Resident memory of all processes, shared pages counted in each.");
    static final String PSS = gauge(
            "memory_proportional_bytes",
            "bytes",
            "Resident memory with shared pages divided among those that share them (PSS).");
    static final String SWAP = gauge("memory_swapped_bytes", "bytes", "Memory of all processes that is swapped out.");
    static final String FAULTS =
            counter("page_faults_total", "", "Page faults, by kind; a major one waited for storage.");
    static final String IO_READ = counter(
            "io_read_bytes_total", "bytes", "Bytes that read-like system calls gave, caches and pipes included.");
    static final String IO_WRITTEN = counter(
            "io_written_bytes_total", "bytes", "Bytes that write-like system calls took, caches and pipes included.");
    static final String IO_CALLS =
            counter("io_calls_total", "", "Read-like and write-like system calls, by direction.");
    static final String STORAGE_READ = counter("storage_read_bytes_total", "bytes", "Bytes read from storage.");
    static final String STORAGE_WRITTEN =
            counter("storage_written_bytes_total", "bytes", "Bytes sent to storage, or about to be.");
    static final String PROCESSES = gauge("processes", "", "Processes.");
    static final String THREADS = gauge("threads", "", "Threads.");
    static final String OPEN_FDS = gauge("open_fds", "", "Open file descriptors.");
    static final String MAX_FDS = gauge(
            "max_fds",
            "",
            "Most file descriptors that may be open at once: of an agent's main process, or of the host.");
    static final String SWITCHES = counter("context_switches_total", "", "Context switches, by kind.");
    static final String SOCKETS = gauge("sockets", "", "Sockets, by protocol and state.");
    static final String PRESSURE = counter(
            "pressure_stalled_seconds_total",
            "seconds",
            "Time in which some or all tasks waited for a resource (PSI).");
    static final String GROUP_MEMORY =
            gauge("cgroup_memory_bytes", "bytes", "Memory charged to the agent's cgroup, page cache included.");
    static final String GROUP_MEMORY_LIMIT =
            gauge("cgroup_memory_limit_bytes", "bytes", "Memory limit of the agent's cgroup.");
    static final String GROUP_TASKS = gauge("cgroup_tasks", "", "Tasks in the agent's cgroup, its keeper included.");
    static final String GROUP_TASKS_LIMIT =
            gauge("cgroup_tasks_limit", "", "Most tasks in the agent's cgroup, its keeper included.");
    static final String GROUP_CPU_LIMIT =
            gauge("cgroup_cpu_limit_cores", "", "Processor cores that the agent's cgroup may use.");
    static final String THROTTLED = counter(
            "cpu_throttled_seconds_total",
            "seconds",
            "Time in which the agent's cgroup was held back by its processor limit.");
    static final String THROTTLED_PERIODS =
            counter("cpu_throttled_periods_total", "", "Periods in which the agent's cgroup was held back.");
    static final String OOM_KILLS =
            counter("out_of_memory_kills_total", "", "Processes that the kernel's out-of-memory killer ended.");
    static final String UPTIME =
            gauge("uptime_seconds", "seconds", "Time since the host booted, or since the agent's main process began.");

    static final String LOAD1 = gauge("load1", "", "Load average over one minute.");
    static final String LOAD5 = gauge("load5", "", "Load average over five minutes.");
    static final String LOAD15 = gauge("load15", "", "Load average over fifteen minutes.");
    static final String RUNNING = gauge("processes_running", "", "Tasks that run or could run.");
    static final String BLOCKED = gauge("processes_blocked", "", "Tasks that wait for input or output.");
    static final String FORKS = counter("forks_total", "", "Processes and threads that were made since boot.");
    static final String MEMORY_TOTAL = gauge("memory_total_bytes", "bytes", "Memory of the host.");
    static final String MEMORY_AVAILABLE = gauge(
            "memory_available_bytes", "bytes", "Memory that can be had without swapping, as the kernel estimates it.");
    static final String MEMORY_FREE = gauge("memory_free_bytes", "bytes", "Memory that nothing uses.");
    static final String MEMORY_CACHED = gauge("memory_cached_bytes", "bytes", "Page cache.");
    static final String MEMORY_DIRTY = gauge("memory_dirty_bytes", "bytes", "Page cache that waits to be written.");
    static final String SWAP_TOTAL = gauge("swap_total_bytes", "bytes", "Swap space.");
    static final String SWAP_FREE = gauge("swap_free_bytes", "bytes", "Swap space that nothing uses.");
    static final String SWAPPED = counter("swapped_bytes_total", "bytes", "Bytes swapped, by direction.");
    static final String DISK_READ = counter("disk_read_bytes_total", "bytes", "Bytes read from a disk.");
    static final String DISK_WRITTEN = counter("disk_written_bytes_total", "bytes", "Bytes written to a disk.");
    static final String DISK_READS = counter("disk_reads_completed_total", "", "Reads that a disk completed.");
    static final String DISK_WRITES = counter("disk_writes_completed_total", "", "Writes that a disk completed.");
    static final String DISK_READ_TIME =
            counter("disk_read_time_seconds_total", "seconds", "Time that reads of a disk took, summed.");
    static final String DISK_WRITE_TIME =
            counter("disk_write_time_seconds_total", "seconds", "Time that writes of a disk took, summed.");
    static final String DISK_IO_TIME =
            counter("disk_io_time_seconds_total", "seconds", "Time in which a disk was busy.");
    static final String FS_SIZE = gauge("filesystem_size_bytes", "bytes", "Size of a file system.");
    static final String FS_AVAIL =
            gauge("filesystem_avail_bytes", "bytes", "Space of a file system that unprivileged users can still take.");
    static final String FS_FILES = gauge("filesystem_files", "", "Inodes of a file system.");
    static final String FS_FILES_FREE = gauge("filesystem_files_free", "", "Inodes of a file system that are free.");
    static final String NET_RECEIVED =
            counter("network_receive_bytes_total", "bytes", "Bytes that an interface received.");
    static final String NET_SENT = counter("network_transmit_bytes_total", "bytes", "Bytes that an interface sent.");
    static final String NET_PACKETS_IN =
            counter("network_receive_packets_total", "", "Packets that an interface received.");
    static final String NET_PACKETS_OUT =
            counter("network_transmit_packets_total", "", "Packets that an interface sent.");
    static final String NET_ERRORS_IN =
            counter("network_receive_errors_total", "", "Faulty packets that an interface received.");
    static final String NET_ERRORS_OUT =
            counter("network_transmit_errors_total", "", "Packets that an interface failed to send.");
    static final String NET_DROPS_IN =
            counter("network_receive_drops_total", "", "Received packets that were dropped.");
    static final String NET_DROPS_OUT =
            counter("network_transmit_drops_total", "", "Packets to be sent that were dropped.");
    static final String TCP_RETRANSMITS =
            counter("tcp_retransmitted_segments_total", "", "TCP segments that were sent again.");
    static final String TCP_SENT =
            counter("tcp_sent_segments_total", "", "TCP segments sent, those sent again not counted.");
    static final String TCP_ESTABLISHED =
            gauge("tcp_established_connections", "", "TCP connections that are established or half closed.");
    static final String TCP_LISTEN_DROPS =
            counter("tcp_listen_drops_total", "", "Connections that a full listen queue dropped.");
    static final String TEMPERATURE = gauge("temperature_celsius", "celsius", "Temperature of a thermal zone.");
    static final String CPU_THROTTLES = counter(
            "cpu_thermal_throttles_total", "", "How often heat slowed a processor, all cores summed, by scope.");
    static final String CLOCK_OFFSET =
            gauge("clock_offset_seconds", "seconds", "What the kernel still has to correct of the wall clock.");
    static final String CLOCK_ERROR =
            gauge("clock_estimated_error_seconds", "seconds", "Estimated error of the wall clock.");
    static final String CLOCK_SYNC =
            gauge("clock_synchronized", "", "1 where something keeps the wall clock in time, else 0.");
    static final String CLOCK_STEPS = counter(
            "clock_steps_total",
            "",
            "How often the wall clock was set by more than a tenth of a second since the daemon began.");
    static final String CLOCK_STEP =
            gauge("clock_step_seconds", "seconds", "By how much the wall clock was set the last time.");

    static final String SAMPLER_CPU =
            counter("sampler_cpu_seconds_total", "seconds", "Processor time that sampling used.");
    static final String SAMPLER_SKIPPED = counter(
            "sampler_skipped_ticks_total", "", "Rounds that were left out because the one before took too long.");
    static final String SAMPLER_ROUND = gauge("sampler_round_seconds", "seconds", "How long the last round took.");
    static final String SAMPLER_DEFERRED = counter(
            "sampler_deferred_total",
            "",
            "Readings of context switches and pressure that were put off to stay within sample.maxCpuPercent.");

    private Names() {}

    static List<MetricInfo> all() {
        return List.copyOf(TABLE);
    }

    private static String counter(String name, String unit, String help) {
        TABLE.add(new MetricInfo(name, Kind.COUNTER, unit, help));
        return name;
    }

    private static String gauge(String name, String unit, String help) {
        TABLE.add(new MetricInfo(name, Kind.GAUGE, unit, help));
        return name;
    }
}
