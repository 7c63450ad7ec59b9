/* The least that any server can do: one frame, built once, sent to every socket with one send() each.
 *
 * sendloop PORT takes viewers at PORT, whose handshake it answers without reading it (load clients all send the same
 * key), and one publisher at PORT + 1, who sends messages as a length of four bytes, big end first, and the text.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, LARGEST = 1 << 20 };

static const char answer[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static int viewers[MOST], place[MOST], count, publisher = -1;
static unsigned char frame[LARGEST + 10], inbox[LARGEST + 4];
static size_t filled;

static int listening(int port) {
    int file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(file, (struct sockaddr *)&at, sizeof at) || listen(file, 4096)) {
        perror("sendloop");
        exit(1);
    }
    return file;
}

static void watch(int poll, int file) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = file};
    epoll_ctl(poll, EPOLL_CTL_ADD, file, &event);
}

static void forget(int file) {
    viewers[place[file]] = viewers[--count];
    place[viewers[count]] = place[file];
    close(file);
}

static void publish(const unsigned char *text, size_t size) {
    size_t head = 2;
    frame[0] = 0x81;
    if (size < 126) {
        frame[1] = size;
    } else if (size < 65536) {
        frame[1] = 126, frame[2] = size >> 8, frame[3] = size, head = 4;
    } else {
        frame[1] = 127, head = 10;
        for (int byte = 0; byte < 8; byte++) frame[2 + byte] = (unsigned long long)size >> (56 - 8 * byte);
    }
    memcpy(frame + head, text, size);
    for (int each = 0; each < count; each++) send(viewers[each], frame, head + size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void hear_publisher(void) {
    ssize_t got = recv(publisher, inbox + filled, sizeof inbox - filled, 0);
    if (got <= 0) {
        if (got == 0) close(publisher), publisher = -1;
        return;
    }
    filled += got;
    for (;;) {
        unsigned size = filled < 4 ? 0 : (unsigned)inbox[0] << 24 | inbox[1] << 16 | inbox[2] << 8 | inbox[3];
        if (size > LARGEST) exit(1);
        if (filled < 4 || filled < 4 + size) return;
        publish(inbox + 4, size);
        filled -= 4 + size;
        memmove(inbox, inbox + 4 + size, filled);
    }
}

static void hear_viewer(int file) {
    char request[2048];
    ssize_t got = recv(file, request, sizeof request, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        forget(file);
    } else if (got > 4 && !memcmp(request, "GET ", 4)) {
        send(file, answer, sizeof answer - 1, MSG_NOSIGNAL);
    }
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    int port = atoi(argv[1]), door = listening(port), hatch = listening(port + 1), poll = epoll_create1(0);
    struct epoll_event events[256];
    watch(poll, door);
    watch(poll, hatch);
    for (;;) {
        int ready = epoll_wait(poll, events, 256, -1);
        for (int each = 0; each < ready; each++) {
            int file = events[each].data.fd, one;
            if (file == door) {
                while ((one = accept4(door, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    int on = 1;
                    setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    if (one >= MOST) {
                        close(one);
                        continue;
                    }
                    place[one] = count;
                    viewers[count++] = one;
                    watch(poll, one);
                }
            } else if (file == hatch) {
                if ((one = accept4(hatch, NULL, NULL, SOCK_NONBLOCK)) >= 0) watch(poll, publisher = one);
            } else if (file == publisher) {
                hear_publisher();
            } else {
                hear_viewer(file);
            }
        }
    }
}
