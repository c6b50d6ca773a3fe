-- AlterTable
ALTER TABLE "gateway" ADD COLUMN     "lost_at" TIMESTAMPTZ(3);
