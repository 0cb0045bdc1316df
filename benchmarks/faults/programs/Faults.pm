# What makes a patient ill, and what only looks so. Each kind has a sub of its name that is called each tick once its time has come.
package Faults;
use strict; use warnings; use Fcntl qw(:flock); use IO::Socket::INET; use IO::Socket::UNIX; use POSIX qw(:sys_wait_h);

# The clock of the kernel without modules that Debian's base has not: CLOCK_MONOTONIC is in hundredths there.
BEGIN {
    if (eval { require Time::HiRes; 1 }) { *now = sub { Time::HiRes::time() } }
    else { *now = sub { open(my $u, "<", "/proc/uptime") or die "no clock: $!\n"; (split " ", <$u>)[0] } }
}
sub pause { select(undef, undef, undef, $_[0]) }

# What happens once: a program that was started again is well. All else is in the program, and begins again with it.
my %once = map { $_ => 1 } qw(store cpu-spin deadlock livelock lock-holder load-burst log-burst fork-burst connection-burst);

sub new {
    my ($class, $kind, $name, $folder, $scale, $with) = @_;
    my $me = bless {
        kind => $kind, name => $name, folder => $folder, scale => $scale, with => $with, ticks => 0, begun => 0, reaps => 1, owed => 0,
        hoard => [], open => [], children => [], queue => [], slow => 0, missed => 0, late => 0, usual => [],
    }, $class;
    (my $sub = $kind) =~ tr/-/_/;
    $me->{fault} = $me->can("do_$sub") or die "there is no fault '$kind'\n";
    # What is there before the fault begins: a lock that is taken in turns, a queue that is worked off, a neighbour that is asked.
    $me->{usually} = $me->can("usual_$sub");
    return $me;
}

sub leave { my ($me) = @_; kill 9, @{ $me->{children} } }

sub step {
    my ($me, $each) = @_;
    $me->{ticks}++; $me->{each} = $each * $me->{scale};
    $me->{usually}->($me) if $me->{usually};
    $me->ask($me->{with}{asks}) if $me->{with}{asks} && $me->{ticks} % 10 == 0;
    if (!$me->{begun}) { return unless -e "$me->{folder}/$me->{name}.fault"; $me->{begun} = 1; $me->{since} = now(); unlink "$me->{folder}/$me->{name}.fault" if $once{ $me->{kind} } }
    $me->{for} = (now() - $me->{since}) * $me->{scale};
    $me->{fault}->($me);
}

# Asks a neighbour by HTTP; three times without an answer and it gives up, as a client without a second source must.
sub ask {
    my ($me, $port) = @_; my $answer = "";
    my $done = eval {
        local $SIG{ALRM} = sub { die "timed out\n" }; alarm 2;
        my $to = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port) or die "connection refused\n";
        print $to "GET / HTTP/1.0\r\n\r\n"; $to->flush; $answer = <$to> // ""; alarm 0; 1;
    };
    my $why = $@; alarm 0;
    if ($done && $answer =~ / 200 /) { $me->{missed} = 0; return }
    $me->{missed}++; chomp $why;
    warn "no answer from the store on port $port: " . ($why || "connection reset") . "\n";
    die "gave up: the store did not answer three times\n" if $me->{missed} >= 3;
}

# Called within each answer.
sub serve { my ($me) = @_; if ($me->{slow}) { my $x = 0; my $end = now() + $me->{slow}; while (now() < $end) { $x += $_ for 1 .. 2000 } } }

sub hold { my ($me, $mebibytes) = @_; $me->{owed} += $mebibytes * 4; while ($me->{owed} >= 1) { $me->{owed}--; push @{ $me->{hoard} }, "x" x 262144 } }

sub do_steady { }

# The store that others ask; its end is the beginning of another's.
sub do_store { die "internal error: the index of the store is damaged\n" }

sub do_leak_slow { my ($me) = @_; $me->hold($me->{with}{rate} * $me->{each}) }
*do_leak_fast = \&do_leak_slow;

# Memory goes up and down; of each heap that is collected a part stays for ever, where it is ill.
sub sawtooth {
    my ($me, $kept) = @_;
    $me->{saw} += $me->{with}{rate} * $me->{each}; $me->hold($me->{with}{rate} * $me->{each});
    return if $me->{saw} < $me->{with}{tooth};
    my $all = @{ $me->{hoard} }; my $freed = int($me->{saw} * 4 * (1 - $kept)); $freed = $all if $freed > $all;
    splice @{ $me->{hoard} }, $all - $freed; $me->{saw} = 0;
    print "collected $freed parts of the heap\n" if rand() < 0.3;
}
sub do_leak_sawtooth { $_[0]->sawtooth($_[0]{with}{kept}) }
sub usual_gc_sawtooth { $_[0]{each} and $_[0]->sawtooth(0) }
sub do_gc_sawtooth { }

sub do_fd_leak {
    my ($me) = @_; $me->{owed} += $me->{with}{rate} * $me->{each};
    while ($me->{owed} >= 1) { $me->{owed}--; open(my $f, "<", "/dev/null") or die "cannot open the spool: $!\n"; push @{ $me->{open} }, $f }
}

sub child { my ($me, @command) = @_; my $pid = fork; die "cannot fork: $!\n" unless defined $pid; if (!$pid) { close $me->{listen}; exec @command or POSIX::_exit(1) } return $pid }

sub do_child_leak {
    my ($me) = @_; $me->{owed} += $me->{with}{rate} * $me->{each};
    while ($me->{owed} >= 1) { $me->{owed}--; push @{ $me->{children} }, $me->child("sleep", "100000") }
}

sub do_zombies {
    my ($me) = @_; $me->{reaps} = 0; $me->{owed} += $me->{with}{rate} * $me->{each};
    while ($me->{owed} >= 1) { $me->{owed}--; $me->child("true") }
}

sub do_cpu_spin { 1 while 1 }

# Two take two locks in opposite order and wait for ever.
sub do_deadlock {
    my ($me) = @_; my $at = "$me->{folder}/$me->{name}";
    open(my $a, ">", "$at.a"); open(my $b, ">", "$at.b"); flock($a, LOCK_EX);
    my $pid = fork;
    if (!$pid) { close $me->{listen}; open(my $c, ">", "$at.b"); flock($c, LOCK_EX); open(my $d, ">", "$at.a"); flock($d, LOCK_EX); POSIX::_exit(0) }
    push @{ $me->{children} }, $pid; pause(0.3); flock($b, LOCK_EX);
}

# Two who are polite: each takes its lock, finds the other's taken, lets go and tries again at once.
sub do_livelock {
    my ($me) = @_; my $at = "$me->{folder}/$me->{name}";
    open(my $x, ">", "$at.$_") for qw(a b);
    my $pid = fork; my ($mine, $other) = $pid ? ("a", "b") : ("b", "a");
    if ($pid) { push @{ $me->{children} }, $pid } else { close $me->{listen} }
    open(my $own, ">", "$at.$mine"); open(my $its, ">", "$at.$other");
    while (1) {
        flock($own, LOCK_EX | LOCK_NB) or do { pause(0.001); next };
        pause(0.002);
        # The second lock would end it, and is let go of as well: the turn is the other's.
        flock($its, LOCK_EX | LOCK_NB) and flock($its, LOCK_UN);
        flock($own, LOCK_UN);
    }
}

# Each request looks through a table that only grows.
sub do_slow_response { my ($me) = @_; $me->{slow} += $me->{with}{rate} * $me->{each} }

my @ends = (
    "internal error: the state makes no sense", "assertion failed: length of the record >= 0",
    "unexpected end of the input at offset 4096", "Can't locate object method \"next\" via package \"Cursor\"",
);
sub do_random_crash {
    my ($me) = @_; return if rand() >= $me->{with}{rate} * $me->{each};
    my $how = $me->{with}{how};
    if ($how eq "signal") { kill "SEGV", $$; pause(1) } elsif ($how eq "abort") { POSIX::abort() } elsif ($how eq "code") { print STDERR "$ends[0]\n"; POSIX::_exit(70) }
    die $ends[rand @ends] . "\n";
}

# A bad configuration is told by the environment at the start, a dead store by asking it: nothing to do here.
sub do_bad_configuration { }
sub do_dependency_died { }

# Its own log, on a disk that is too small for that.
sub do_disk_fill {
    my ($me) = @_; $me->{owed} += $me->{with}{rate} * $me->{each} * 16;
    my $parts = int $me->{owed}; $me->{owed} -= $parts; return unless $parts;
    open(my $f, ">>", "$me->{folder}/disk/$me->{name}.log") or die "cannot write the log: $!\n";
    defined(syswrite($f, "y" x (65536 * $parts))) or die "cannot write the log: $!\n"; close $f or die "cannot write the log: $!\n";
}
# A part of the state is on that disk too, so that a restart without cleaning helps nothing.
sub usual_disk_fill {
    my ($me) = @_; return if $me->{ticks} % 10;
    my $fresh = "$me->{folder}/disk/$me->{name}.fresh";
    open(my $s, ">", $fresh) or die "cannot write its state: $!\n";
    (print $s "z" x 131072) && close($s) or do { my $why = "$!"; no warnings; undef $s; die "cannot write its state: $why\n" };
    rename $fresh, "$me->{folder}/disk/$me->{name}.kept" or die "cannot write its state: $!\n";
}

# Takes the lock of the shared state for a moment in each round; and the one that is ill keeps it.
sub usual_lock_held {
    my ($me) = @_; return if $me->{ticks} % 5;
    open(my $lock, ">", "$me->{folder}/shared.lock") or die "cannot open the lock: $!\n";
    my $waited = 0;
    until (flock($lock, LOCK_EX | LOCK_NB)) { pause(0.05); $waited++; print "waits for the lock of the shared state\n" if $waited % 20 == 0 }
    pause(0.005); flock($lock, LOCK_UN); close $lock;
}
sub do_lock_held { }
*usual_lock_holder = \&usual_lock_held;
sub do_lock_holder {
    my ($me) = @_; return if $me->{lock};
    open($me->{lock}, ">", "$me->{folder}/shared.lock") or die "cannot open the lock: $!\n"; flock($me->{lock}, LOCK_EX);
    $me->{usually} = undef;
}

# Takes in what the feeder sends and works off so much a second; the rest waits in memory, four kilobytes each.
sub usual_queue_growth {
    my ($me) = @_;
    if (!$me->{inlet}) {
        my $path = "$me->{folder}/queue.sock"; unlink $path;
        $me->{inlet} = IO::Socket::UNIX->new(Local => $path, Listen => 4) or die "cannot listen: $!\n"; $me->{inlet}->blocking(0);
    }
    if (!$me->{feed}) { $me->{feed} = $me->{inlet}->accept; $me->{feed}->blocking(0) if $me->{feed} }
    if ($me->{feed}) {
        while (1) {
            my $count = sysread($me->{feed}, my $got, 65536);
            if (defined $count && $count == 0) { $me->{feed} = undef; last }
            last unless $count;
            push @{ $me->{queue} }, ("q" x 32768) x int($count / 512);
        }
    }
    $me->{worked} += $me->{with}{works} * $me->{each} / $me->{scale};
    while ($me->{worked} >= 1) { $me->{worked}--; my $one = shift @{ $me->{queue} } or last; my $x = 0; $x += ord for split //, substr($one, 0, 200) }
    $me->{worked} = 0 unless @{ $me->{queue} };
}
sub do_queue_growth { }
sub usual_feeder {
    my ($me) = @_;
    $me->{to} ||= IO::Socket::UNIX->new(Peer => "$me->{folder}/queue.sock") or return;
    $me->{to}->blocking(0);
    $me->{owed} += $me->{with}{feeds} * ($me->{begun} ? $me->{with}{factor} : 1) * $me->{each} / $me->{scale};
    while ($me->{owed} >= 1) { $me->{owed}--; defined syswrite($me->{to}, "r" x 512) or do { $me->{to} = undef unless $!{EAGAIN}; last } }
}
sub do_feeder { }

# A round of work that is to be done in time; and a neighbour on the same processor that takes all it can get.
sub usual_noisy_neighbour {
    my ($me) = @_; my $began = now();
    my $x = 0; $x += $_ * $_ for 1 .. 300_000; my $took = now() - $began;
    # What is usual was found out once; a program that is started again is held to the same.
    if (!$me->{middle} && open(my $known, "<", "$me->{folder}/$me->{name}.usual")) { $me->{middle} = <$known> }
    if (!$me->{middle}) {
        push @{ $me->{usual} }, $took; return if @{ $me->{usual} } < 100;
        $me->{middle} = (sort { $a <=> $b } @{ $me->{usual} })[50];
        open(my $known, ">", "$me->{folder}/$me->{name}.usual") or die "cannot write what is usual: $!\n"; print $known $me->{middle}; close $known;
    }
    my $usual = $me->{middle};
    $me->{late} = $took > 2 * $usual ? $me->{late} + 1 : 0;
    printf "a round took %d ms and not %d ms\n", 1000 * $took, 1000 * $usual if $me->{late} == 4;
    die "missed its deadline ten times\n" if $me->{late} >= 10;
}
sub do_noisy_neighbour { }
sub do_noise {
    my ($me) = @_; return if @{ $me->{children} };
    my $parent = $$;
    for (1 .. $me->{with}{spinners}) {
        my $pid = fork; die "cannot fork: $!\n" unless defined $pid;
        # In a session of its own each, since the scheduler shares a processor among sessions first.
        if (!$pid) { close $me->{listen}; POSIX::setsid(); $SIG{TERM} = "DEFAULT"; while (getppid == $parent) { my $x = 0; $x += $_ for 1 .. 100_000 } POSIX::_exit(0) }
        push @{ $me->{children} }, $pid;
    }
}

# A far store is asked over a link of its own (Net.pm), which sees by itself that its fault has begun.
sub usual_packet_loss {
    my ($me) = @_;
    if (!$me->{link}) {
        require Net;
        $me->{link} = Net::link_up($me->{listen}, "$me->{folder}/$me->{name}", $me->{with}, \&now);
        push @{ $me->{children} }, $me->{link}; $me->{wait} = $me->{ticks} + 20;
    }
    return if $me->{ticks} < $me->{wait} || $me->{ticks} % 5;
    my $began = now(); my $good = Net::ask(); my $took = 1000 * (now() - $began);
    printf "asked the far store, %d ms\n", $took if $good && ($took > 200 || rand() < 0.1);
    if ($good) { $me->{missed} = 0; return }
    $me->{missed}++; warn "no answer from the far store within 1000 ms\n";
    die "gave up: the far store did not answer four times\n" if $me->{missed} >= 4;
}
sub do_packet_loss { }
*usual_packet_delay = \&usual_packet_loss;
*do_packet_delay = \&do_packet_loss;

# From here on what is healthy, though it may look otherwise.
sub burn { my ($seconds) = @_; my $end = now() + $seconds; while (now() < $end) { my $x = 0; $x += $_ for 1 .. 500 } }
sub lasts { my ($me) = @_; return $me->{for} < $me->{with}{lasts} }

sub do_load_burst {
    my ($me) = @_; return unless $me->lasts;
    burn(0.1 * $me->{with}{share});
    printf "request %d from 10.0.0.%d took %d ms, status 200\n", rand 100000, 1 + int rand 9, 2 + rand 30 for 1 .. 2;
    if (rand() < 0.3) { open(my $f, "<", "/dev/zero"); sysread($f, my $in, 65536 * 4) }
}
sub do_batch_job {
    my ($me) = @_; my $in = $me->{for} - ($me->{began} // -1e9);
    if ($in > $me->{with}{every}) { $me->{began} = $me->{for}; $in = 0; print "batch begins\n" }
    if ($in < $me->{with}{lasts}) {
        $me->hold($me->{with}{rate} * $me->{each}); burn(0.1 * $me->{with}{share});
        open(my $f, ">", "$me->{folder}/$me->{name}.batch"); syswrite($f, "b" x 262144); close $f; $me->{at} = 1;
    } elsif ($me->{at}) { $me->{at} = 0; $me->{hoard} = []; print "batch done\n" }
}
sub do_cache_warm_up {
    my ($me) = @_; my $held = @{ $me->{hoard} } / 4;
    print "the cache warms up\n" if !$me->{at}++;
    # The more it knows the less is new to it.
    my $more = $me->{with}{rate} * $me->{each} * (1 - ($held / $me->{with}{most}) ** 2);
    $me->hold($more) if $more > 0 && $held < 0.97 * $me->{with}{most};
    print "the cache is warm\n" if $held >= 0.97 * $me->{with}{most} && !$me->{warm}++;
}
sub do_log_burst {
    my ($me) = @_; return unless $me->lasts;
    printf "imports record %d of file part-%d.csv\n", rand 1e6, rand 20 for 1 .. $me->{with}{lines};
    warn sprintf "warning: record %d has no date, today is taken\n", rand 1e6 if rand() < 0.5;
}
sub do_fork_burst {
    my ($me) = @_; return unless $me->lasts;
    $me->{owed} += $me->{with}{rate} * $me->{each};
    while ($me->{owed} >= 1) { $me->{owed}--; $me->child("sleep", 0.2 + rand 0.5) }
}
sub do_connection_burst {
    my ($me) = @_;
    if (!$me->lasts) { print "all clients have left\n" if @{ $me->{open} }; $me->{open} = []; return }
    return if @{ $me->{open} } >= $me->{with}{most};
    $me->{owed} += $me->{with}{rate} * $me->{each};
    while ($me->{owed} >= 1) { $me->{owed}--; open(my $f, "<", "/dev/null") or die "cannot open: $!\n"; push @{ $me->{open} }, $f }
}
sub do_planned_restart { }
1;
