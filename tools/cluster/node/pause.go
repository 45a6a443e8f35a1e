// The process that holds a pod's namespaces open: it does nothing until it is told to end.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	// As process 1 of a shared process namespace it inherits orphans; ignoring SIGCHLD has the kernel collect them.
	signal.Ignore(syscall.SIGCHLD)
	<-end
}
