# A far store behind a link that loses or delays packets: two network namespaces with a TUN device each, and a relay in between that passes
# on what it reads. The packets and what TCP does about them are real. It takes the right to make namespaces, /dev/net/tun, and `ip`.
package Net;
use strict; use warnings; use IO::Socket::INET; use IO::Select; use POSIX ();

use constant { CLONE_NEWNET => 0x40000000, SYS_UNSHARE => 272, TUNSETIFF => 0x400454ca, TUN_NO_PI => 0x1001 };

# A namespace of its own with one device; sockets that are open stay where they are.
sub device {
    my ($name, $address) = @_;
    syscall(SYS_UNSHARE, CLONE_NEWNET) == 0 or die "cannot have a network of its own: $!\n";
    open(my $tun, "+<", "/dev/net/tun") or die "cannot open /dev/net/tun: $!\n";
    ioctl($tun, TUNSETIFF, pack("a16 s x22", $name, TUN_NO_PI)) or die "cannot make the device $name: $!\n";
    system("ip addr add $address/24 dev $name && ip link set $name up") == 0 or die "cannot set up the device $name\n";
    return $tun;
}

# Gives the process that is the link; the caller is in the namespace on this side of it from then on.
sub link_up {
    my ($listen, $at, $with, $now) = @_;
    my $near = device("near", "10.9.0.1");
    my $pid = fork; die "cannot fork: $!\n" unless defined $pid;
    return $pid if $pid;
    close $listen; $SIG{TERM} = "DEFAULT";
    eval {
        my $far = device("far", "10.9.0.2");
        my $store = fork; die "cannot fork: $!\n" unless defined $store;
        if (!$store) { close $near; close $far; serve() } else { relay($near, $far, $at, $with, $now) }
    };
    print STDERR $@; POSIX::_exit(1);
}

sub serve {
    my $listen = IO::Socket::INET->new(LocalAddr => "10.9.0.2", LocalPort => 80, Listen => 16) or die "cannot listen: $!\n";
    my $parent = getppid; my $select = IO::Select->new($listen);
    while (getppid == $parent) {
        next unless $select->can_read(1);
        my $client = $listen->accept or next;
        # A client that has given up is not waited for.
        next unless IO::Select->new($client)->can_read(1);
        <$client>; print $client "v" x 4000, "\n"; close $client;
    }
    POSIX::_exit(0);
}

# While there is AT.fault and no AT.route, which is the way around, packets are lost or come late.
sub relay {
    my ($near, $far, $at, $with, $now) = @_;
    my $parent = getppid; my ($ill, $looked, @waiting) = (0, 0);
    my $select = IO::Select->new($near, $far);
    while (getppid == $parent) {
        my @ready = $select->can_read(@waiting ? 0.005 : 0.2);
        my $time = $now->();
        if ($time > $looked + 0.2) { $looked = $time; $ill = -e "$at.fault" && !-e "$at.route" }
        for my $from (@ready) {
            sysread($from, my $packet, 2048) or next;
            next if $ill && rand() < ($with->{loss} // 0);
            push @waiting, [$time + ($ill ? ($with->{delay} // 0) * (0.7 + rand 0.6) : 0), $from == $near ? $far : $near, $packet];
        }
        while (@waiting && $waiting[0][0] <= $time) { my $one = shift @waiting; syswrite($one->[1], $one->[2]) }
    }
    POSIX::_exit(0);
}

# One request to the far store; true where it was answered within a second.
sub ask {
    my $size = 0;
    eval {
        local $SIG{ALRM} = sub { die "timed out\n" }; alarm 1;
        my $to = IO::Socket::INET->new(PeerAddr => "10.9.0.2", PeerPort => 80) or die "no route\n";
        print $to "get\n"; $to->flush; $size = length(<$to> // ""); alarm 0; 1;
    };
    alarm 0;
    return $size == 4001;
}
1;
