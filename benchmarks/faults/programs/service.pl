# A service that is well until its fault begins: it answers on a socket, asks those that it depends on, beats, and keeps a file of state.
#   perl service.pl NAME FOLDER FAULT [DEPENDENCY...]
# The fault begins once FOLDER/NAME.fault is there. Each is the real thing: what ends the program is the kernel, perl, or a deadline.
use strict; use warnings;
use IO::Socket::UNIX; use IO::Select; use Fcntl qw(:flock); use Time::HiRes qw(time sleep); use POSIX qw(:sys_wait_h);
my ($name, $folder, $fault, @on) = @ARGV;
die "bad configuration: MODE is '$ENV{MODE}'\n" if ($ENV{MODE} // "good") ne "good";
$| = 1; $SIG{PIPE} = "IGNORE";
my $path = "$folder/$name.sock"; unlink $path;
my $listen = IO::Socket::UNIX->new(Local => $path, Listen => 64) or die "cannot listen: $!\n";
my $select = IO::Select->new($listen);
my (%missed, @hoard, @open, @children, @usual); my ($begun, $slow, $late, $busy) = (0, 0, 0, 0);
print "$name listens\n";

sub ask {
    my ($other) = @_; my $answer = "";
    my $done = eval {
        local $SIG{ALRM} = sub { die "timed out\n" }; alarm 2;
        my $to = IO::Socket::UNIX->new(Peer => "$folder/$other.sock") or die "connection refused: $!\n";
        print $to "ping\n"; $to->flush; $answer = <$to> // ""; alarm 0; 1;
    };
    my $why = $@; alarm 0;
    if ($done && $answer eq "ok\n") { $missed{$other} = 0; return }
    $missed{$other}++; chomp $why; warn "no answer from $other: " . ($why || "connection reset") . "\n";
    die "gave up: no answer from $other three times\n" if $missed{$other} >= 3;
}

sub misbehave {
    if ($fault eq "leak") { push @hoard, "x" x (3 << 20) }
    elsif ($fault eq "descriptors") { for (1 .. 4) { open(my $f, "<", "/dev/null") or die "cannot open: $!\n"; push @open, $f } }
    elsif ($fault eq "spin") { 1 while 1 }
    elsif ($fault eq "crash") { die "internal error: the state makes no sense\n" }
    elsif ($fault eq "fill") { open(my $f, ">>", "$folder/shared/$name.log"); syswrite($f, "y" x (300 << 10)); close $f }
    elsif ($fault eq "slow") { $slow += 0.25 }
    elsif ($fault eq "deadlock") {
        open(my $a, ">", "$folder/$name.a"); open(my $b, ">", "$folder/$name.b"); flock($a, LOCK_EX);
        if (!fork) { open(my $c, ">", "$folder/$name.b"); flock($c, LOCK_EX); open(my $d, ">", "$folder/$name.a"); flock($d, LOCK_EX); exit }
        sleep 0.3; flock($b, LOCK_EX);
    }
    elsif ($fault eq "children") {
        my $pid = fork; die "cannot fork: Resource temporarily unavailable\n" if !defined $pid || @children >= 60;
        if (!$pid) { close $listen; sleep 600; exit } push @children, $pid;
    }
    elsif ($fault eq "noise" && !$busy) { $busy = 1; for (1 .. 6) { if (!fork) { close $listen; my $end = time + 40; 1 while time < $end; exit } } }
}

my $tick = 0; my $next = time;
$SIG{TERM} = sub { kill 9, @children; exit 0 };
while (1) {
    $next += 0.25;
    while ((my $wait = $next - time) > 0) {
        for my $ready ($select->can_read($wait)) {
            my $client = $listen->accept or next;
            my $line = <$client>; sleep $slow if $slow; print $client "ok\n"; close $client;
        }
    }
    $tick++; $begun ||= -e "$folder/$name.fault";
    misbehave() if $begun;
    if ($fault eq "deadline") {
        # A round of work is to take no more than one and a half times what it took in the first seconds.
        my $begin = time; my $x = 0; $x += $_ * $_ for 1 .. 600_000; my $took = time - $begin;
        if (@usual < 40) { push @usual, $took; @usual = sort { $a <=> $b } @usual }
        else { $late = $took > 1.5 * $usual[20] ? $late + 1 : 0; die "missed its deadline twelve times: a round took $took s and not $usual[20] s\n" if $late >= 12 }
        $next = time if $next < time - 1;
    }
    if ($tick % 4 == 0) { open(my $beat, ">", "$folder/$name.beat") or die "cannot beat: $!\n"; print $beat time; close $beat or die "cannot beat: $!\n" }
    if ($fault eq "state") {
        # Beside the old one, which is replaced once the new one is whole.
        my $fresh = "$folder/shared/$name.fresh";
        open(my $state, ">", $fresh) or die "cannot write its state: $!\n";
        (print $state "z" x (256 << 10)) && close($state) or die "cannot write its state: $!\n";
        rename $fresh, "$folder/shared/$name.state" or die "cannot write its state: $!\n";
    }
    if ($tick % 2 == 0) { ask($_) for @on; $next = time if $next < time - 1 }
    1 while waitpid(-1, WNOHANG) > 0;
}
