-- CreateTable
CREATE TABLE "controller" (
    "holder" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "node_url" TEXT,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "controller_pkey" PRIMARY KEY ("holder")
);
